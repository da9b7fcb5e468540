import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ConfigResourceTypes } from 'kafkajs';
import type { Message } from 'kafkajs';
import type { BrokerProcess } from '../unit/runtimes/embedded/support/brokerProcess';
import { brokersOfSuite, offsets, produce } from '../unit/runtimes/embedded/support/suite';
import { OP, alterTopic, createPartitions, createTopics } from '../unit/runtimes/embedded/support/wire';

const INVALID_TOPIC = 17;
const TOPIC_EXISTS = 36;
const INVALID_PARTITIONS = 37;
const INVALID_REPLICATION = 38;
const INVALID_CONFIG = 40;
const INVALID_REQUEST = 42;
const POLICY_VIOLATION = 44;

describe('what the embedded broker checks', function () {
  this.timeout(90_000);
  const { startReady } = brokersOfSuite();

  let broker: BrokerProcess;
  beforeEach(async () => {
    broker = await startReady();
  });

  it('topic names as Kafka does', async () => {
    const long = 'a'.repeat(250);
    const names: Record<string, string> = {
      'bad name!':
        "'bad name!' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
      'a/b': "'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
      '.': "'.' is not allowed",
      '..': "'..' is not allowed",
      '': 'the empty string is not allowed',
      [long]: `the length of '${long}' is longer than the max allowed length 249`,
    };
    for (const [name, why] of Object.entries(names)) {
      const expected = [{ code: INVALID_TOPIC, message: `Topic name is invalid: ${why}` }];
      assert.deepEqual(await createTopics(broker.port, [{ name }]), expected);
    }
    const good = ['a'.repeat(249), 'A.b_c-1', 'orders', 'Orders', 'nul'].map((name) => ({ name }));
    assert.deepEqual(
      (await createTopics(broker.port, good)).map(({ code }) => code),
      [0, 0, 0, 0, 0],
    );
    assert.deepEqual(await createTopics(broker.port, [{ name: 'orders' }, { name: 'A_b.c-1' }]), [
      { code: TOPIC_EXISTS, message: "Topic 'orders' already exists." },
      { code: INVALID_TOPIC, message: "Topic 'A_b.c-1' collides with existing topic: A.b_c-1" },
    ]);
  });

  it('numbers of partitions and replicas as Kafka does, and honours validateOnly', async () => {
    const code = async (partitions: number, replication = 1): Promise<number | undefined> =>
      (await createTopics(broker.port, [{ name: 't', partitions, replication }], true))[0]?.code;
    assert.equal(await code(0), INVALID_PARTITIONS);
    assert.equal(await code(-2), INVALID_PARTITIONS);
    assert.equal(await code(-1), 0);
    assert.equal(await code(9_999), 0);
    assert.equal(await code(10_000), POLICY_VIOLATION);
    assert.equal(await code(2_000_000_000), POLICY_VIOLATION);
    assert.equal(await code(1, 0), INVALID_REPLICATION);
    assert.equal(await code(1, 2), INVALID_REPLICATION);
    assert.deepEqual(await createTopics(broker.port, [{ name: 't', partitions: 2 }]), [
      { code: 0, message: null },
    ]);

    const partitions = async (count: number): Promise<number> =>
      (await createPartitions(broker.port, 't', count)).code;
    assert.equal(await partitions(2), INVALID_PARTITIONS);
    assert.equal(await partitions(1), INVALID_PARTITIONS);
    assert.equal(await partitions(3), 0);
    assert.equal(await partitions(20_000), POLICY_VIOLATION);
  });

  it('topic configs as Kafka does, on creation and on change', async () => {
    await createTopics(broker.port, [{ name: 't' }]);
    const cases: readonly (readonly [key: string, value: string, message: string | null])[] = [
      ['flush.foo', '1', 'Unknown topic config name: flush.foo'],
      ['kfake.is_internal', 'true', 'Unknown topic config name: kfake.is_internal'],
      ['retention.ms', 'abc', 'Invalid value abc for configuration retention.ms: Not a number of type LONG'],
      ['retention.ms', '-5', 'Invalid value -5 for configuration retention.ms: Value must be at least -1'],
      [
        'segment.bytes',
        '12',
        'Invalid value 12 for configuration segment.bytes: Value must be at least 1048576',
      ],
      [
        'segment.bytes',
        '99999999999',
        'Invalid value 99999999999 for configuration segment.bytes: Not a number of type INT',
      ],
      [
        'preallocate',
        'yes',
        'Invalid value yes for configuration preallocate: Expected value to be either true or false',
      ],
      [
        'cleanup.policy',
        'compact,foo',
        'Invalid value foo for configuration cleanup.policy: String must be one of: compact, delete',
      ],
      [
        'compression.gzip.level',
        '0',
        'Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1',
      ],
      [
        'min.cleanable.dirty.ratio',
        'x',
        'Invalid value x for configuration min.cleanable.dirty.ratio: Not a number of type DOUBLE',
      ],
      ['flush.ms', '1000', null],
      ['cleanup.policy', 'compact,delete', null],
      ['leader.replication.throttled.replicas', '0:0,1:0', null],
      ['max.message.bytes', ' 5 ', null],
    ];
    for (const [key, value, message] of cases) {
      const expected = { code: message === null ? 0 : INVALID_CONFIG, message };
      assert.deepEqual(await createTopics(broker.port, [{ name: 'n', configs: { [key]: value } }], true), [
        expected,
      ]);
      assert.deepEqual(await alterTopic(broker.port, 't', [[key, OP.set, value]], true), expected);
    }
    assert.deepEqual(await alterTopic(broker.port, 't', [['retention.ms', OP.append, '5']]), {
      code: INVALID_CONFIG,
      message: "Can't APPEND to key retention.ms because its type is not LIST.",
    });
    assert.equal(
      (await alterTopic(broker.port, 't', [['retention.ms', OP.set, null]])).code,
      INVALID_REQUEST,
    );
  });

  it('and describes all 33 topic configs of Kafka 4.3', async () => {
    await createTopics(broker.port, [{ name: 't', configs: { 'retention.ms': '1234' } }]);
    await alterTopic(broker.port, 't', [['cleanup.policy', OP.append, 'compact']]);
    const admin = broker.kafka().admin();
    await admin.connect();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: 't' }],
    });
    await admin.disconnect();
    const entries = resources[0]?.configEntries ?? [];
    assert.equal(entries.length, 33);
    const value = (name: string): string | undefined =>
      entries.find((e) => e.configName === name)?.configValue;
    assert.equal(value('retention.ms'), '1234');
    assert.equal(value('cleanup.policy'), 'delete,compact');
    assert.equal(value('segment.bytes'), '1073741824');
    assert.equal(value('flush.ms'), '9223372036854775807');
  });

  it('the size of a record, the time in it, and the key on a compacted topic', async () => {
    await createTopics(broker.port, [
      { name: 'small', configs: { 'max.message.bytes': '1000' } },
      { name: 'compacted', configs: { 'cleanup.policy': 'compact' } },
    ]);
    const bytes = randomBytes(3000); // gzip does not make them smaller
    const failure = (topic: string, message: Message): Promise<void> => produce(broker, topic, [message]);
    await assert.rejects(failure('small', { value: bytes }), { type: 'MESSAGE_TOO_LARGE' });
    await assert.rejects(failure('small', { value: 'x', timestamp: String(Date.now() + 7_200_000) }), {
      type: 'INVALID_TIMESTAMP',
    });
    await assert.rejects(failure('compacted', { value: 'no key' }));
    await produce(broker, 'compacted', [{ key: 'k', value: 'v' }]);
    assert.deepEqual(await offsets(broker, 'compacted'), { low: '0', high: '1' });
  });

  it('that no topic is made by accident', async () => {
    const admin = broker.kafka().admin();
    await admin.connect();
    await assert.rejects(admin.fetchTopicMetadata({ topics: ['oops'] }));
    await assert.rejects(produce(broker, 'oops', [{ value: 'x' }]));
    assert.deepEqual(await admin.listTopics(), []);
    await admin.disconnect();
  });
});
