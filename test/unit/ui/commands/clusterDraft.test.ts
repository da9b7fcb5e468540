import assert from 'node:assert/strict';
import { type SavedProfile, savedProfileSchema } from '../../../../src/core/savedProfile';
import {
  type ClusterDraft,
  draftOf,
  emptyDraft,
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
