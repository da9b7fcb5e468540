import assert from 'node:assert/strict';
import { parseDeepLink } from '../../../src/ui/deepLink';

describe('parseDeepLink', () => {
  it('knows topics, groups and clusters', () => {
    assert.deepEqual(parseDeepLink('/topic/orders.v1'), { kind: 'topic', name: 'orders.v1' });
    assert.deepEqual(parseDeepLink('/topic/__proto__'), { kind: 'topic', name: '__proto__' });
    assert.deepEqual(parseDeepLink('/group/a/b c'), { kind: 'group', name: 'a/b c' });
    assert.deepEqual(parseDeepLink('/cluster/local-1'), { kind: 'cluster', id: 'local-1' });
  });

  for (const path of [
    '',
    '/',
    '/topic',
    '/topic/',
    'topic/orders',
    '/topic/..',
    '/topic/a/b',
    '/topic/a b',
    '/topic/../cluster/x',
    `/topic/${'a'.repeat(250)}`,
    '/topic/$(zap)',
    '/topic/[x](command:localKafka.resetData)',
    '/group/',
    '/group/a\nb',
    '/group/\u202eabc',
    '/group/\u0000',
    `/group/${'g'.repeat(256)}`,
    '/cluster/Local',
    '/cluster/a/b',
    '/cluster/../x',
    '/command/localKafka.stop',
    '/start',
    '/constructor/x',
    '/TOPIC/orders',
    '//topic/orders',
  ]) {
    it(`refuses ${JSON.stringify(path.slice(0, 60))}`, () => {
      assert.equal(parseDeepLink(path), undefined);
    });
  }
});
