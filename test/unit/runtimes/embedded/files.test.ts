import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFiles } from '../../../../src/runtimes/embedded/host/files';
import { makeTempDir } from '../../../support/real/tempDir';

type Call = (...args: unknown[]) => unknown;

describe('the file functions of the embedded broker', () => {
  const files = createFiles() as unknown as Record<string, Call>;
  const call = (name: string, ...args: unknown[]): unknown => files[name]?.(...args);
  let folder: string;
  beforeEach(async () => {
    folder = await makeTempDir('files');
  });

  it('append to a file wherever it was read', () => {
    const path = join(folder, 'log');
    writeFileSync(path, 'abc');
    const fd = call('open', path, 'a+');
    assert.equal(call('write', fd, Buffer.from('de')), undefined);
    assert.equal(Buffer.from(call('read', fd, 1, 2) as Uint8Array).toString(), 'bc');
    assert.equal(call('write', fd, Buffer.from('f')), undefined);
    assert.equal((call('read', fd, 6, 10) as Uint8Array).length, 0);
    assert.equal(call('truncate', fd, 4), undefined);
    assert.equal(call('sync', fd), undefined);
    assert.equal(call('close', fd), undefined);
    assert.equal(readFileSync(path, 'utf8'), 'abcd');
    assert.equal(Buffer.from(call('readFile', path) as Uint8Array).toString(), 'abcd');
    assert.match(String(call('stat', path)), /^4 \d{13}$/);
  });

  it('give errors as text, never as an exception', () => {
    const none = join(folder, 'none');
    for (const name of ['readFile', 'list', 'stat', 'remove']) {
      assert.match(String(call(name, none)), /^!ENOENT ENOENT: /, name);
    }
    assert.match(String(call('open', none, 'r')), /^!ENOENT /);
    assert.match(String(call('rename', none, none)), /^!ENOENT /);
    assert.match(String(call('write', 99_999, Buffer.from('x'))), /^!EBADF /);
    writeFileSync(join(folder, 'file'), '');
    assert.match(String(call('makeAll', join(folder, 'file', 'below'))), /^!ENOTDIR /);
  });

  it('make, list and remove folders', () => {
    assert.equal(call('makeAll', join(folder, 'a/b')), undefined);
    writeFileSync(join(folder, 'f'), '');
    assert.deepEqual(String(call('list', folder)).split('\n').sort(), ['a/', 'f']);
    assert.equal(call('removeAll', join(folder, 'a')), undefined);
    assert.equal(call('removeAll', join(folder, 'a')), undefined);
    assert.equal(call('list', folder), 'f');
  });
});
