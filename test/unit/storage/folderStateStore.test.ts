import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createLogger } from '../../../src/base/logger';
import { FolderStateStore } from '../../../src/storage/folderStateStore';
import { until } from '../../support/until';

describe('FolderStateStore', () => {
  let folder = '';
  const stores: FolderStateStore[] = [];
  const open = (): FolderStateStore => {
    const store = new FolderStateStore(
      folder,
      createLogger(() => {}),
    );
    stores.push(store);
    return store;
  };
  beforeEach(() => {
    folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-state-')), 'state');
  });
  afterEach(() => {
    for (const store of stores.splice(0)) store.dispose();
    fs.rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  it('keeps values for the next window, and forgets what is set to nothing', async () => {
    const store = open();
    assert.equal(await store.get('profiles'), undefined);
    await store.set('profiles', [{ id: 'a' }]);
    assert.deepEqual(await open().get('profiles'), [{ id: 'a' }]);
    await store.set('profiles', undefined);
    assert.equal(await open().get('profiles'), undefined);
  });

  it('takes any key, and none can leave the folder', async () => {
    const store = open();
    for (const key of ['__proto__', '../../etc/x', 'a/b\\c', 'ü$(zap)']) {
      await store.set(key, key);
      assert.equal(await store.get(key), key);
    }
    assert.equal(fs.readdirSync(folder).length, 4);
    assert.deepEqual(fs.readdirSync(path.dirname(folder)), ['state']);
  });

  it('tells of what another window writes, with the key, and survives names that are not its own', async () => {
    const [ours, theirs] = [open(), open()];
    const told: string[] = [];
    ours.onDidChange((key) => told.push(key));
    await ours.watch();
    fs.writeFileSync(path.join(folder, '%.json'), '1');
    await theirs.set('turn.a/b', 1);
    await until(() => told.includes('turn.a/b'), { deadlineMs: 5_000, what: 'the key of the other window' });
    assert.deepEqual(new Set(told), new Set(['turn.a/b']));
  });

  it('a damaged value counts as not there; one that can not be read just now is not taken for gone', async () => {
    const store = open();
    await store.set('damaged', 1);
    fs.writeFileSync(path.join(folder, 'damaged.json'), '{"half');
    assert.equal(await store.get('damaged'), undefined);
    fs.mkdirSync(path.join(folder, 'profiles.json'));
    await assert.rejects(store.get('profiles'), { code: 'EISDIR' });
  });
});
