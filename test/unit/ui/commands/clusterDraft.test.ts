import assert from 'node:assert/strict';
import { type SavedProfile, savedProfileSchema } from '../../../../src/core/savedProfile';
import {
  type ClusterDraft,
  draftOf,
  emptyDraft,
  keepsSecret,
  profileOfDraft,
  secretsOfDraft,
} from '../../../../src/ui/commands/form/clusterDraft';

const external: ClusterDraft = { ...emptyDraft, name: ' Staging ', bootstrap: 'a:1, b:2' };

describe('clusterDraft', () => {
  const profiles: readonly SavedProfile[] = [
    { id: 'x', name: 'X', runtime: 'embedded', port: 9100, keepRunning: true },
    { id: 'x', name: 'X', runtime: 'java', kafkaHome: '/k', properties: { 'num.partitions': '2' } },
    { id: 'x', name: 'X', runtime: 'external', bootstrap: ['a:1', '[::1]:2'] },
    { id: 'x', name: 'X', runtime: 'external', bootstrap: ['a:1'], tls: {} },
    {
      id: 'x',
      name: 'X',
      runtime: 'external',
      bootstrap: ['a:1'],
      tls: { caFile: '/ca', certFile: '/c', keyFile: '/k', servername: 's' },
      sasl: { mechanism: 'PLAIN', username: 'u' },
    },
    { id: 'x', name: 'X', runtime: 'external', bootstrap: ['a:1'], tls: { verify: false } },
    {
      id: 'x',
      name: 'X',
      runtime: 'external',
      bootstrap: ['a:1'],
      sasl: { mechanism: 'OAUTHBEARER', tokenEndpoint: 'https://t/x', clientId: 'c', scope: 's' },
    },
  ];
  for (const [index, profile] of profiles.entries()) {
    it(`leaves profile ${index + 1} (${profile.runtime}) as it is where nothing is changed`, () => {
      const saved = savedProfileSchema.parse(profileOfDraft(draftOf(profile), 'x', profile));
      assert.deepEqual(JSON.parse(JSON.stringify(saved)), JSON.parse(JSON.stringify(profile)));
    });
  }

  it('makes a profile of what was typed, without blanks around it', () => {
    assert.deepEqual(profileOfDraft(external, 'staging'), {
      id: 'staging',
      name: 'Staging',
      runtime: 'external',
      bootstrap: ['a:1', 'b:2'],
    });
  });

  it('drops what a chosen security does not use', () => {
    const draft: ClusterDraft = { ...external, caFile: '/ca', trust: 'file', username: 'u', secret: 'pw' };
    assert.deepEqual(Object.keys(profileOfDraft(draft, 'x')), ['id', 'name', 'runtime', 'bootstrap']);
    assert.deepEqual(secretsOfDraft(draft), { sasl: '', tlsPassphrase: '' });
  });

  it('keeps the stored secret where its box is empty', () => {
    const draft: ClusterDraft = {
      ...external,
      security: 'SASL_SSL',
      username: 'u',
      hasClientCertificate: true,
    };
    assert.deepEqual(secretsOfDraft(draft), { sasl: undefined, tlsPassphrase: undefined });
    assert.deepEqual(secretsOfDraft({ ...draft, secret: 'pw', passphrase: 'pp' }), {
      sasl: 'pw',
      tlsPassphrase: 'pp',
    });
  });

  describe('a stored secret', () => {
    const base = { id: 'x', name: 'X', runtime: 'external' as const, bootstrap: ['a:1'] };
    const scram: SavedProfile = { ...base, sasl: { mechanism: 'SCRAM-SHA-512', username: 'u' } };
    const oauth: SavedProfile = {
      ...base,
      sasl: { mechanism: 'OAUTHBEARER', tokenEndpoint: 'https://t/x', clientId: 'c' },
    };

    it('is kept for the same kind of login', () => {
      assert.ok(keepsSecret(draftOf(scram), scram));
      assert.ok(keepsSecret({ ...draftOf(scram), mechanism: 'PLAIN' }, scram));
      assert.ok(keepsSecret(draftOf(oauth), oauth));
      assert.ok(keepsSecret({ ...draftOf(oauth), tokenEndpoint: ' https://t/x ' }, oauth));
    });

    it('goes to no other kind of login, and to no other token endpoint', () => {
      const toOauth = { mechanism: 'OAUTHBEARER', tokenEndpoint: 'https://evil/x' } as const;
      assert.ok(!keepsSecret({ ...draftOf(scram), ...toOauth }, scram));
      assert.ok(!keepsSecret({ ...draftOf(oauth), tokenEndpoint: 'https://evil/x' }, oauth));
      assert.ok(!keepsSecret({ ...draftOf(oauth), mechanism: 'PLAIN', username: 'u' }, oauth));
    });

    it('is none where there was no login', () => {
      assert.ok(!keepsSecret(draftOf(scram), undefined));
      assert.ok(!keepsSecret(draftOf(scram), base));
      assert.ok(!keepsSecret({ ...draftOf(scram), security: 'PLAINTEXT' }, scram));
    });
  });

  it('never has a secret in the profile', () => {
    const draft: ClusterDraft = {
      ...external,
      security: 'SASL_SSL',
      username: 'u',
      secret: 'geheim-1',
      hasClientCertificate: true,
      passphrase: 'geheim-2',
    };
    assert.doesNotMatch(JSON.stringify(profileOfDraft(draft, 'x')), /geheim/);
  });

  it('takes a port away where its box is emptied', () => {
    const earlier: SavedProfile = { id: 'x', name: 'X', runtime: 'embedded', port: 9100 };
    const saved = profileOfDraft({ ...draftOf(earlier), port: '' }, 'x', earlier);
    assert.deepEqual(JSON.parse(JSON.stringify(saved)), { id: 'x', name: 'X', runtime: 'embedded' });
  });
});
