import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createLogger } from '../../../src/base/logger';
import { FolderStateStore } from '../../../src/storage/folderStateStore';
import { until } from '../../support/until';

const logger = createLogger(() => {});

describe('FolderStateStore', () => {
  let parent = '';
  let folder = '';
  const open: FolderStateStore[] = [];

  beforeEach(async () => {
    parent = await mkdtemp(path.join(os.tmpdir(), 'state-'));
    folder = path.join(parent, 'deep', 'state');
  });
  afterEach(async () => {
    for (const store of open.splice(0)) store.dispose();
    await rm(parent, { recursive: true });
  });

  function store(): FolderStateStore {
    const made = new FolderStateStore(folder, logger);
    open.push(made);
    return made;
  }

  it('keeps values of two stores on one folder, whole and for the owner only', async () => {
    const [a, b] = [store(), store()];
    await Promise.all(
      Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? a : b).set(`key${at}`, { at, text: 'ü\n' })),
    );
    for (let at = 0; at < 20; at++) assert.deepEqual(await store().get(`key${at}`), { at, text: 'ü\n' });
    assert.ok(
      (await readdir(folder)).every((file) => file.endsWith('.json')),
      'no leftovers',
    );
    if (process.platform !== 'win32') {
      assert.equal((await stat(folder)).mode & 0o777, 0o700);
      assert.equal((await stat(path.join(folder, 'key0.json'))).mode & 0o777, 0o600);
    }
  });

  it('the last of several writes of one key counts', async () => {
    const a = store();
    await Promise.all([1, 2, 3, undefined, 5].map((value) => a.set('key', value)));
    assert.equal(await a.get('key'), 5);
    await a.set('key', undefined);
    assert.equal(await a.get('key'), undefined);
    await a.set('key', undefined);
  });

  it('takes hostile keys as keys: nothing is written outside of the folder', async () => {
    const a = store();
    const keys = [
      '../../out',
      '/etc/x',
      'a/b\\c',
      '__proto__',
      'constructor',
      'a b%2F',
      'ü\n\u0000',
      '.',
      '..',
    ];
    for (const key of keys) await a.set(key, key);
    for (const key of keys) assert.equal(await store().get(key), key, JSON.stringify(key));
    assert.equal((await readdir(folder)).length, keys.length);
    assert.deepEqual(await readdir(parent), ['deep']);
  });

  it('a damaged file counts as nothing, and can be written again', async () => {
    const a = store();
    await a.set('key', 1);
    for (const text of ['', '{ half', '\u0000\u0000', '[1,']) {
      await writeFile(path.join(folder, 'key.json'), text);
      assert.equal(await a.get('key'), undefined, JSON.stringify(text));
    }
    await a.set('key', 2);
    assert.equal(await a.get('key'), 2);
  });

  it('tells of what another process writes, once for a write, and goes on after files that are none of ours', async () => {
    const a = store();
    await a.watch();
    const told: string[] = [];
    a.onDidChange((key) => told.push(key));
    await writeFile(path.join(folder, '%E0%A4%A.json'), '1');
    await writeFile(path.join(folder, 'note.txt'), '1');
    const other = `
      const fs = require('node:fs'); const file = process.argv[1];
      fs.writeFileSync(file + '.tmp', '{"from":"another"}'); fs.renameSync(file + '.tmp', file);`;
    execFileSync(process.execPath, ['-e', other, path.join(folder, 'turn.one.json')]);
    await until(() => told.includes('turn.one'), { deadlineMs: 5_000, what: 'the change' });
    assert.deepEqual(await a.get('turn.one'), { from: 'another' });
    await a.set('last', 1);
    await until(() => told.includes('last'), { deadlineMs: 5_000, what: 'the next change' });
    assert.equal(told.filter((key) => key === 'turn.one').length, 1);
    assert.ok(!told.some((key) => key.includes('note')));
  });

  it('tells nothing after its end', async () => {
    const [a, b] = [store(), store()];
    await a.watch();
    await b.watch();
    const told = { a: 0, b: 0 };
    a.onDidChange(() => told.a++);
    b.onDidChange(() => told.b++);
    a.dispose();
    await b.set('key', 1);
    await until(() => told.b > 0, { deadlineMs: 5_000, what: 'the change in the other' });
    assert.equal(told.a, 0);
  });
});
