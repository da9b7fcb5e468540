import assert from 'node:assert/strict';
import { PROFILES_KEY, ProfileStore } from '../../../src/core/profileStore';
import type { SavedExternalProfile, SavedProfile } from '../../../src/core/savedProfile';
import { FakeSecretStore } from '../../support/fakeManagers';

const external: SavedExternalProfile = {
  id: 'staging',
  name: 'Staging',
  runtime: 'external',
  bootstrap: ['a:9092'],
  sasl: { mechanism: 'SCRAM-SHA-256', username: 'u' },
};
const playground: SavedProfile = { id: 'playground', name: 'Playground', runtime: 'embedded' };

function setUp(stored?: unknown) {
  const state = new Map<string, unknown>([[PROFILES_KEY, stored]]);
  const secrets = new FakeSecretStore();
  const store = new ProfileStore({
    state: {
      get: (key) => Promise.resolve(state.get(key)),
      set: (key, value) => Promise.resolve(void state.set(key, value)),
    },
    secrets,
    readFile: (file) =>
      file === '/ca.pem' ? Promise.resolve('PEM') : Promise.reject(new Error('ENOENT: no such file')),
  });
  return { state, secrets, store };
}

describe('ProfileStore', () => {
  it('keeps secrets out of what it stores and exports', async () => {
    const { state, store } = setUp();
    await store.save(external, { sasl: 'geheim' });
    assert.deepEqual(await store.connectionOf(external), {
      bootstrap: ['a:9092'],
      sasl: { mechanism: 'SCRAM-SHA-256', username: 'u', password: 'geheim' },
    });
    assert.ok(!JSON.stringify([...state]).includes('geheim'));
    assert.ok(!(await store.exportText()).includes('geheim'));
  });

  it('forgets the secrets of what it removes', async () => {
    const { store } = setUp();
    await store.save(external, { sasl: 'geheim' });
    await store.remove('staging');
    assert.deepEqual(await store.list(), []);
    assert.equal(await store.hasSecret('staging', 'sasl'), false);
    await assert.rejects(store.connectionOf(external), { code: 'VALIDATION_ERROR', message: /No password/ });
  });

  it('leaves out what it can not read, and never loses it', async () => {
    const newer = { id: 'cloud', name: 'Cloud', runtime: 'warpstream' };
    const { state, store } = setUp([newer, 7, { ...playground, port: 'x' }, playground]);
    assert.deepEqual(await store.list(), [playground]);
    await store.save(external);
    await store.remove('playground');
    assert.deepEqual(state.get(PROFILES_KEY), [newer, 7, external]);
  });

  it('refuses what is wrong or has the name of another, and changes nothing', async () => {
    const { state, store } = setUp([playground]);
    await assert.rejects(store.save({ ...external, bootstrap: ['no port'] }), { code: 'VALIDATION_ERROR' });
    await assert.rejects(store.save({ ...external, name: 'Playground' }), { message: /There is a cluster/ });
    assert.deepEqual(state.get(PROFILES_KEY), [playground]);
  });

  it('names the file that can not be read', async () => {
    const { store } = setUp();
    const { id, name, runtime, bootstrap } = external;
    const tls = { caFile: '/ca.pem', keyFile: '/gone.pem' };
    await assert.rejects(store.connectionOf({ id, name, runtime, bootstrap, tls }), {
      message: /"\/gone\.pem"/,
    });
  });

  it('imports what it exported, under free ids and names', async () => {
    const { store } = setUp([playground, external]);
    const imported = await store.parseImport(await store.exportText());
    assert.deepEqual(
      imported.map(({ id, name }) => [id, name]),
      [
        ['playground-2', 'Playground 2'],
        ['staging-2', 'Staging 2'],
      ],
    );
    for (const text of [
      '',
      '[]',
      '{"format":"x"}',
      '{"format":"local-kafka-manager/clusters","version":2}',
    ]) {
      await assert.rejects(store.parseImport(text), { code: 'VALIDATION_ERROR', message: /no export/ }, text);
    }
  });
});
