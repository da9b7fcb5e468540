import assert from 'node:assert/strict';
import { runProgram } from '../../../../src/runtimes/java/runProgram';

const program = `console.log(process.pid);
process.stdout.write(require('child_process').execFileSync('ps', ['-o', 'pgid=', '-p', String(process.pid)]));`;

describe('runProgram', () => {
  it("runs in a process group of its own, which a terminal's Ctrl-C does not reach", async () => {
    const { output } = await runProgram(process.execPath, ['-e', program], { timeoutMs: 10_000 });
    const [pid, group] = output.trim().split(/\s+/);
    assert.equal(group, pid);
  });

  it('leaves no listener behind', async () => {
    const before = process.listenerCount('exit');
    await runProgram(process.execPath, ['-e', ''], { timeoutMs: 10_000 });
    assert.equal(process.listenerCount('exit'), before);
  });

  it('has killed the program when it is aborted', async () => {
    const abort = new AbortController();
    const running = runProgram(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      ...{ timeoutMs: 10_000, signal: abort.signal },
    });
    abort.abort(new Error('enough'));
    await assert.rejects(running, { message: 'enough' });
  });
});
