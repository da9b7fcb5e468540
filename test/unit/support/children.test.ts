import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { run } from '../../support/real/children';
import { until } from '../../support/until';

const NODE = process.execPath;
const children = fileURLToPath(new URL('../../support/real/children.ts', import.meta.url));

/** A test process that starts a tracked child, prints the child's pid and then does `end`. */
async function parentOf(end: string): Promise<{ parent: ChildProcess; childPid: number }> {
  const code = `
    const { spawnTracked } = require(${JSON.stringify(children)});
    const child = spawnTracked(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)']);
    child.stdout.once('data', () => { console.log(child.pid); ${end} });`;
  const parent = spawn(NODE, ['--import', 'tsx', '--input-type=commonjs', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const died = once(parent, 'exit').then(([code]) =>
    assert.fail(`the test process ended early: ${String(code)}`),
  );
  const [line] = (await Promise.race([once(parent.stdout, 'data'), died])) as [Buffer];
  died.catch(() => {}); // From here on its end is the subject.
  return { parent, childPid: Number(line.toString()) };
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function assertGone(pid: number): Promise<void> {
  assert.ok(pid > 0);
  await until(() => !lives(pid), { deadlineMs: 10_000, what: `process ${pid} to be gone` });
}

describe('tracked children', function () {
  this.timeout(30_000);

  it('end with a test process that exits', async () => {
    const { childPid } = await parentOf('process.exit(0);');
    await assertGone(childPid);
  });

  it('end with a test process that gets SIGTERM', async () => {
    const { parent, childPid } = await parentOf('');
    const exited = once(parent, 'exit');
    parent.kill('SIGTERM');
    assert.deepEqual(await exited, [null, 'SIGTERM']);
    await assertGone(childPid);
  });

  it('end with a test process that is killed, where the kernel can do that', async function () {
    if (process.platform !== 'linux') return;
    const { parent, childPid } = await parentOf('');
    parent.kill('SIGKILL');
    await assertGone(childPid);
  });
});

describe('run', () => {
  it('gives the bytes that a program prints, and feeds its input', async () => {
    const echo = await run(NODE, ['-e', 'process.stdin.pipe(process.stdout)'], {
      stdin: Buffer.from([0, 255, 10]),
    });
    assert.deepEqual(echo.stdout, Buffer.from([0, 255, 10]));
  });

  it('fails with the end of what the program printed', async () => {
    await assert.rejects(
      run(NODE, ['-e', 'console.error("no space left"); process.exit(3)']),
      /code 3:\nno space left/,
    );
  });

  it('fails when the program is missing or too slow', async () => {
    await assert.rejects(run('lkm-no-such-program', []));
    await assert.rejects(
      run(NODE, ['-e', 'setInterval(() => {}, 1000)'], { deadlineMs: 200 }),
      /longer than 200 ms/,
    );
  });
});
