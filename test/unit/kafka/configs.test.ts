import assert from 'node:assert/strict';
import { alterTopicConfig } from '../../../src/kafka/configs';
import type { KafkaConnection } from '../../../src/kafka/connection';
import type { Api } from '../../../src/kafka/protocol/api';
import { describeConfigs } from '../../../src/kafka/protocol/messages/describeConfigs';

/** Numbers of the protocol's ConfigType. */
const [string, long, list] = [2, 5, 7];

/** A broker that takes any change, and then shows this. */
function fakeConnection(shown: { type: number; value: string }, responses: unknown[]): KafkaConnection {
  const config = { name: 'key', value: shown.value, configSource: 1, configType: shown.type };
  return {
    supports: () => true,
    call: async (_target: unknown, api: Api<never, unknown>) =>
      api.key === describeConfigs.key ? { results: [{ errorCode: 0, configs: [config] }] } : { responses },
  } as unknown as KafkaConnection;
}

const done = [{ errorCode: 0, errorMessage: null }];

describe('alterTopicConfig', () => {
  const shownOtherwise = [
    ['compact, delete', list, 'compact,delete'],
    ['060000', long, '60000'],
    [' producer ', string, 'producer'],
  ] as const;
  for (const [value, type, shown] of shownOtherwise) {
    it(`knows "${value}" again in "${shown}"`, async () => {
      const started = performance.now();
      await alterTopicConfig(fakeConnection({ type, value: shown }, done), 't', { key: value });
      assert.ok(performance.now() - started < 200);
    });
  }

  it('waits no longer than a second for a value that it does not know again', async () => {
    const started = performance.now();
    await alterTopicConfig(fakeConnection({ type: string, value: 'other' }, done), 't', { key: 'value' });
    const took = performance.now() - started;
    assert.ok(took > 500 && took < 2_000, `took ${Math.round(took)} ms`);
  });

  it('takes an answer without a result for no success', async () => {
    const connection = fakeConnection({ type: string, value: 'value' }, []);
    await assert.rejects(alterTopicConfig(connection, 't', { key: 'value' }), {
      code: 'KAFKA_ERROR',
      message: /IncrementalAlterConfigs says nothing of topic "t"/,
    });
  });
});
