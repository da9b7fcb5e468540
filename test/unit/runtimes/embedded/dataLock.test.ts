import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockDataDir } from '../../../../src/runtimes/embedded/host/dataLock';
import type { DataLock } from '../../../../src/runtimes/embedded/host/dataLock';
import { EXIT } from '../../../../src/runtimes/embedded/host/exitCodes';
import { makeTempDir } from '../../../support/real/tempDir';

const script = fileURLToPath(new URL('support/holdLock.ts', import.meta.url));

/** A process that takes the lock and keeps it until it is killed. */
async function holder(dataDir: string): Promise<{ pid: number; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('the holder ended')));
  });
  return {
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('the lock of a data directory', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = join(await makeTempDir('lock'), 'data');
  });

  it('is held by one, and free again when that one lets go', async () => {
    const first = await lockDataDir(dataDir);
    await assert.rejects(lockDataDir(dataDir), {
      exitCode: EXIT.dataDirInUse,
      message: new RegExp(`${dataDir} is in use by process ${process.pid}\\.`),
    });
    first.release();
    (await lockDataDir(dataDir)).release();
  });

  it('is held by at most one of many that try at once', async () => {
    for (let round = 0; round < 20; round++) {
      const results = await Promise.allSettled(Array.from({ length: 4 }, () => lockDataDir(dataDir)));
      const held = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : ([] as DataLock[])));
      assert.ok(held.length <= 1, `${held.length} hold it`);
      for (const lock of held) lock.release();
    }
  });

  it('is free after its holder was killed, and the pid of the dead one means nothing', async () => {
    const other = await holder(dataDir);
    await assert.rejects(lockDataDir(dataDir), { message: new RegExp(`process ${other.pid}\\.`) });
    await other.kill();
    assert.equal(readdirSync(join(dataDir, 'lock')).length, 1);
    // A file with the name of a process that lives, but no socket behind it, as after pid reuse.
    writeFileSync(join(dataDir, 'lock', `${process.pid}-000000000000.sock`), '');
    const lock = await lockDataDir(dataDir);
    assert.equal(readdirSync(join(dataDir, 'lock')).length, 1);
    lock.release();
    assert.deepEqual(readdirSync(join(dataDir, 'lock')), []);
  });

  it('works where the path is longer than a socket path may be, and leaves the working directory', async () => {
    const before = process.cwd();
    const long = join(dataDir, 'x'.repeat(120));
    const lock = await lockDataDir(long);
    await assert.rejects(lockDataDir(long), { exitCode: EXIT.dataDirInUse });
    lock.release();
    assert.equal(process.cwd(), before);
  });

  it('says so when the directory can not be written', async () => {
    const file = join(await makeTempDir('lock'), 'file');
    writeFileSync(file, '');
    await assert.rejects(lockDataDir(file), {
      exitCode: EXIT.dataDirNotWritable,
      message: new RegExp(`${file} can't be written: `),
    });
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'lock'), '');
    await assert.rejects(lockDataDir(dataDir), { exitCode: EXIT.dataDirNotWritable });
  });
});
