import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ApiKey, API_KEY_SECRET } from '../../../src/api/apiKey';
import { curlConfigFile } from '../../../src/storage/curlConfig';
import { sharedKeyStore } from '../../../src/storage/sharedKeyStore';
import { FakeSecretStore } from '../../support/fakeManagers';

describe('the API key of several windows', () => {
  let folder = '';
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-keys-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('is one, also where all windows make the first one at the same moment, each with a storage of its own', async () => {
    const keys = await Promise.all(
      Array.from({ length: 8 }, () => ApiKey.load(sharedKeyStore(new FakeSecretStore(), folder))),
    );
    assert.equal(new Set(keys.map((key) => key.value)).size, 1);
    const text = fs.readFileSync(curlConfigFile(folder), 'utf8');
    assert.ok(text.includes(`Bearer ${keys[0]?.value ?? ''}"`));
    assert.equal(fs.statSync(curlConfigFile(folder)).mode & 0o777, 0o600);
    assert.deepEqual(
      fs.readdirSync(path.dirname(curlConfigFile(folder))),
      ['curlrc'],
      'nothing is left beside',
    );
  });

  it('is the new one everywhere after a rotation', async () => {
    const [a, b] = [
      await ApiKey.load(sharedKeyStore(new FakeSecretStore(), folder)),
      await ApiKey.load(sharedKeyStore(new FakeSecretStore(), folder)),
    ];
    const former = a.value;
    await b.rotate();
    await a.refresh();
    assert.equal(a.value, b.value);
    assert.notEqual(a.value, former);
    assert.equal((await ApiKey.load(sharedKeyStore(new FakeSecretStore(), folder))).value, b.value);
  });

  it('stays the former one where the new one can not be stored', async () => {
    const secrets = sharedKeyStore(new FakeSecretStore(), folder);
    const key = await ApiKey.load(secrets);
    const former = key.value;
    const failing = { ...secrets, set: () => Promise.reject(new Error('the disk is full')) };
    const broken = await ApiKey.load(failing);
    await assert.rejects(broken.rotate(), /disk is full/);
    assert.equal(broken.value, former);
  });

  it('comes back into a file that was deleted or damaged', async () => {
    const secrets = new FakeSecretStore();
    const { value } = await ApiKey.load(sharedKeyStore(secrets, folder));
    fs.rmSync(curlConfigFile(folder));
    assert.equal((await ApiKey.load(sharedKeyStore(secrets, folder))).value, value);
    fs.writeFileSync(curlConfigFile(folder), 'header = "nonsense"\n');
    assert.equal(await sharedKeyStore(secrets, folder).get(API_KEY_SECRET), value);
    assert.ok(fs.readFileSync(curlConfigFile(folder), 'utf8').includes(value));
  });
});
