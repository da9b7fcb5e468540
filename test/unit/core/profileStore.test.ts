import assert from 'node:assert/strict';
import { ProfileStore, PROFILES_KEY } from '../../../src/core/profileStore';
import type { SavedExternalProfile, SavedProfile } from '../../../src/core/savedProfile';

const local: SavedProfile = { id: 'local', name: 'Local', runtime: 'embedded' };
const remote: SavedExternalProfile = {
  id: 'remote',
  name: 'Remote',
  runtime: 'external',
  bootstrap: ['kafka.example:9093', '[::1]:9092'],
  tls: { caFile: '/pem/ca', certFile: '/pem/cert', keyFile: '/pem/key', verify: false },
  sasl: { mechanism: 'SCRAM-SHA-512', username: 'bob' },
};

/** Fakes of the stores, in memory. */
function setUp(stored?: unknown) {
  const state = new Map<string, unknown>(stored === undefined ? [] : [[PROFILES_KEY, stored]]);
  const secrets = new Map<string, string>();
  const store = new ProfileStore({
    state: {
      get: (key) => Promise.resolve(state.get(key)),
      set: (key, value) => Promise.resolve(void state.set(key, value)),
    },
    secrets: {
      get: (key) => Promise.resolve(secrets.get(key)),
      set: (key, value) => {
        if (value === undefined) secrets.delete(key);
        else secrets.set(key, value);
        return Promise.resolve();
      },
    },
    readFile: (file) =>
      file.startsWith('/pem/') ? Promise.resolve(`PEM of ${file}`) : Promise.reject(new Error('ENOENT')),
  });
  return { store, state, secrets };
}

describe('ProfileStore', () => {
  it('keeps profiles in their order, replaces by id, and no secret among them', async () => {
    const { store, state, secrets } = setUp();
    assert.deepEqual(await store.list(), []);
    await store.save(local);
    await store.save(remote, { sasl: 's3cret', tlsPassphrase: 'pa55' });
    await store.save({ ...local, name: 'Mine', port: 0 });
    assert.deepEqual(await store.list(), [{ ...local, name: 'Mine', port: 0 }, remote]);
    assert.doesNotMatch(JSON.stringify([...state]), /s3cret|pa55/);
    assert.equal(secrets.size, 2);
    assert.doesNotMatch(await store.exportText(), /s3cret|pa55/);
  });

  it('reads secrets and PEM files when it connects', async () => {
    const { store } = setUp();
    await store.save(remote, { sasl: 's3cret', tlsPassphrase: 'pa55' });
    assert.deepEqual(await store.connectionOf(remote), {
      bootstrap: remote.bootstrap,
      tls: {
        ca: 'PEM of /pem/ca',
        cert: 'PEM of /pem/cert',
        key: 'PEM of /pem/key',
        passphrase: 'pa55',
        rejectUnauthorized: false,
      },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'bob', password: 's3cret' },
    });
    await assert.rejects(store.connectionOf({ ...remote, tls: { caFile: '/gone' } }), {
      code: 'VALIDATION_ERROR',
      message: /CA, "\/gone", can not be read/,
    });
  });

  it('a secret that is left out stays, an empty one goes, a removed profile takes its own along', async () => {
    const { store, secrets } = setUp();
    await store.save(remote, { sasl: 's3cret', tlsPassphrase: 'pa55' });
    await store.save(remote, { tlsPassphrase: '' });
    assert.deepEqual([await store.hasSecret('remote', 'sasl'), secrets.size], [true, 1]);
    await store.remove('remote');
    assert.equal(secrets.size, 0);
    await assert.rejects(store.connectionOf(remote), {
      message: /No password is stored for cluster "Remote"/,
    });
  });

  it('refuses what is wrong, and changes nothing then', async () => {
    const { store, secrets } = setUp();
    await store.save(local);
    const wrong: unknown[] = [
      { ...local, id: '../x' },
      { ...local, id: '__proto__' },
      { ...local, id: '' },
      { ...local, name: '   ' },
      { ...local, name: 'n'.repeat(101) },
      { ...local, port: 65_536 },
      { ...local, port: -1 },
      { ...local, password: 'x' },
      { ...local, runtime: 'docker' },
      { ...remote, bootstrap: [] },
      { ...remote, bootstrap: ['no port'] },
      { ...remote, sasl: { mechanism: 'PLAIN', username: 'bob', password: 'x' } },
      { ...remote, name: 'Local' },
      null,
    ];
    for (const profile of wrong) {
      await assert.rejects(
        store.save(profile as SavedProfile, { sasl: 'x' }),
        { code: 'VALIDATION_ERROR' },
        JSON.stringify(profile),
      );
    }
    assert.deepEqual(await store.list(), [local]);
    assert.equal(secrets.size, 0);
  });

  it('shows what can be read of what is damaged', async () => {
    for (const stored of [null, 'text', 7, {}, { length: 3 }]) {
      assert.deepEqual(await setUp(stored).store.list(), [], JSON.stringify(stored));
    }
    const { store } = setUp([null, 'x', { ...remote, bootstrap: 'a:1' }, local, { id: 'half' }]);
    assert.deepEqual(await store.list(), [local]);
  });

  it('names are text: Markdown, HTML, icons and names of members stay as they are', async () => {
    const { store } = setUp();
    const names = ['**b** $(zap) [x](command:y) <img src=x>', '__proto__', 'constructor', 'a\u202eb'];
    for (const [at, name] of names.entries()) await store.save({ ...local, id: `c${at}`, name });
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      names,
    );
  });

  it('gives imported clusters free ids and names, saves none, and refuses files of others', async () => {
    const { store, state } = setUp();
    await store.save(local);
    await store.save(remote);
    const before = JSON.stringify([...state]);
    const imported = await store.parseImport(await store.exportText());
    assert.deepEqual(
      imported.map(({ name }) => name),
      ['Local 2', 'Remote 2'],
    );
    assert.equal(new Set([...imported, ...(await store.list())].map(({ id }) => id)).size, 4);
    assert.equal(JSON.stringify([...state]), before);
    const files = ['', 'no JSON', '[]', 'null', '{"format":"other","version":1,"clusters":[]}'];
    const format = 'local-kafka-manager/clusters';
    files.push(JSON.stringify({ format, version: 2, clusters: [] }));
    files.push(JSON.stringify({ format, version: 1, clusters: [{ ...remote, password: 'x' }] }));
    for (const text of files) {
      await assert.rejects(store.parseImport(text), { code: 'VALIDATION_ERROR' }, text);
    }
  });
});
