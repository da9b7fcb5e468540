import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FileSecretStore, FileStateStore } from '../../../src/storage/fileStores';
import {
  defaultStorageFolder,
  openSecretsFolder,
  openStorageFolder,
} from '../../../src/storage/storageFolder';

describe('stores of the terminal entry', () => {
  let folder = '';
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-store-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('state outlives the process, and two stores on one file do not lose each other', async () => {
    const file = path.join(folder, 'deep', 'state.json');
    const [a, b] = [new FileStateStore(file), new FileStateStore(file)];
    await a.set('port.x', 9092);
    await b.set('port.y', 9093);
    await Promise.all(Array.from({ length: 10 }, (_, i) => a.set(`k${i}`, i)));
    const again = new FileStateStore(file);
    assert.deepEqual(
      [await again.get('port.x'), await again.get('port.y'), await again.get('k9')],
      [9092, 9093, 9],
    );
    await a.set('port.x', undefined);
    assert.equal(await again.get('port.x'), undefined);
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ['state.json']);
  });

  it('damaged state counts as empty; a key named __proto__ is only a key', async () => {
    const file = path.join(folder, 'state.json');
    fs.writeFileSync(file, '{ half');
    const store = new FileStateStore(file);
    assert.equal(await store.get('a'), undefined);
    await store.set('__proto__', 1);
    assert.equal(await store.get('__proto__'), 1);
  });

  it('secrets are for the owner only', async () => {
    const store = new FileSecretStore(path.join(folder, 'secrets'));
    assert.equal(await store.get('api/key'), undefined);
    await store.set('api/key', 'lkm_x');
    assert.equal(await store.get('api/key'), 'lkm_x');
    if (process.platform !== 'win32') {
      assert.equal(fs.statSync(path.join(folder, 'secrets')).mode & 0o777, 0o700);
      assert.equal(fs.statSync(path.join(folder, 'secrets', 'api%2Fkey')).mode & 0o777, 0o600);
    }
    await store.set('api/key', undefined);
    assert.equal(await store.get('api/key'), undefined);
  });

  it('the folder follows the habits of the system', () => {
    assert.equal(
      defaultStorageFolder('linux', {}, '/u'),
      path.join('/u', '.local', 'share', 'local-kafka-manager'),
    );
    assert.match(defaultStorageFolder('linux', { XDG_DATA_HOME: '/x' }, '/u'), /^.x/);
    assert.match(defaultStorageFolder('darwin', {}, '/u'), /Application Support/);
    assert.match(defaultStorageFolder('win32', { LOCALAPPDATA: 'L' }, '/u'), /^L/);
  });

  it('a folder that can not be made is an error with a way out', async () => {
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, '');
    for (const wrong of [file, path.join(file, 'sub'), '/proc/nowhere']) {
      await assert.rejects(openStorageFolder(wrong), { code: 'DATA_DIRECTORY_NOT_WRITABLE' }, wrong);
    }
    const deep = path.join(folder, 'a', 'b');
    assert.equal(await openStorageFolder(deep), deep);
    assert.deepEqual(fs.readdirSync(deep), []);
  });

  it('secrets go into a folder of mode 0700 that is ours', async () => {
    const secrets = path.join(folder, 'secrets');
    fs.mkdirSync(secrets, { mode: 0o777 });
    assert.equal(await openSecretsFolder(folder), secrets);
    if (process.platform !== 'win32') assert.equal(fs.statSync(secrets).mode & 0o777, 0o700);
    fs.rmSync(secrets, { recursive: true });
    fs.symlinkSync(os.tmpdir(), secrets);
    await assert.rejects(openSecretsFolder(folder), { code: 'DATA_DIRECTORY_NOT_WRITABLE' });
  });
});
