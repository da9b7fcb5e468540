import assert from 'node:assert/strict';
import { constants, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFsShim } from '../../../../src/runtimes/embedded/host/fsShim';
import { makeTempDir } from '../../../support/real/tempDir';

type Call = (...args: unknown[]) => void;

/** Calls an operation as Go does, with a callback at the end. */
function call<T>(shim: Record<string, unknown>, name: string, ...args: unknown[]): Promise<T> {
  return new Promise((resolve, reject) => {
    (shim[name] as Call)(...args, (error: Error | null, result: T) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}

describe('the file system of the embedded broker', () => {
  const shim = createFsShim();
  let folder: string;
  beforeEach(async () => {
    folder = await makeTempDir('fs-shim');
  });

  it('never calls back from inside the call', async () => {
    let inside = true;
    const done = new Promise<boolean>((resolve) => {
      (shim['stat'] as Call)(folder, () => resolve(inside));
    });
    inside = false;
    assert.equal(await done, false);
  });

  it('appends to a file opened to append even where Go names another position', async () => {
    const path = join(folder, 'log');
    writeFileSync(path, 'abc');
    const { O_APPEND, O_RDWR } = constants;
    const fd = await call<number>(shim, 'open', path, O_APPEND | O_RDWR, 0o644);
    assert.equal(await call(shim, 'write', fd, Buffer.from('de'), 0, 2, 0), 2);
    const read = Buffer.alloc(2);
    assert.equal(await call(shim, 'read', fd, read, 0, 2, 1), 2);
    assert.equal(read.toString(), 'bc');
    await call(shim, 'close', fd);
    assert.equal(readFileSync(path, 'utf8'), 'abcde');

    // The next file gets the same descriptor and must not append.
    const again = await call<number>(shim, 'open', path, O_RDWR, 0o644);
    assert.equal(again, fd);
    await call(shim, 'write', again, Buffer.from('X'), 0, 1, 0);
    await call(shim, 'close', again);
    assert.equal(readFileSync(path, 'utf8'), 'Xbcde');
  });

  it('passes errors on with their code, which Go maps to its own', async () => {
    await assert.rejects(call(shim, 'open', join(folder, 'none'), 0, 0), { code: 'ENOENT' });
    await assert.rejects(call(shim, 'rmdir', folder + '/none'), { code: 'ENOENT' });
    await assert.rejects(call(shim, 'read', 99_999, Buffer.alloc(1), 0, 1, null), { code: 'EBADF' });
  });

  it('makes, lists, renames and removes', async () => {
    await call(shim, 'mkdir', join(folder, 'a'), 0o755);
    await call(shim, 'rename', join(folder, 'a'), join(folder, 'b'));
    assert.deepEqual(await call(shim, 'readdir', folder), ['b']);
    await call(shim, 'rmdir', join(folder, 'b'));
    assert.deepEqual(await call(shim, 'readdir', folder), []);
  });
});
