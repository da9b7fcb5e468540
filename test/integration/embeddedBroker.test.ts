import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CompressionTypes, ConfigResourceTypes } from 'kafkajs';
import type { Message } from 'kafkajs';
import { knownApiKeys } from '../../src/runtimes/embedded/host/apiKeys';
import type { EmbeddedBrokerConfig } from '../../src/runtimes/embedded/host/config';
import { EXIT } from '../../src/runtimes/embedded/host/exitCodes';
import { makeTempDir } from '../support/real/tempDir';
import { until } from '../support/until';
import { BrokerProcess, brokerConfig, bundleBroker } from '../unit/runtimes/embedded/support/brokerProcess';
import {
  OP,
  alterTopic,
  apiKeys,
  createPartitions,
  createTopics,
  exchange,
  requestFrame,
} from '../unit/runtimes/embedded/support/wire';

const INVALID_TOPIC = 17;
const TOPIC_EXISTS = 36;
const INVALID_PARTITIONS = 37;
const INVALID_REPLICATION = 38;
const INVALID_CONFIG = 40;
const INVALID_REQUEST = 42;
const POLICY_VIOLATION = 44;

describe('the embedded broker', function () {
  this.timeout(90_000);
  let dist: string;
  const started: BrokerProcess[] = [];

  before(async () => {
    dist = await bundleBroker();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((broker) => broker.kill('SIGKILL')));
  });

  function start(dataDir: string, changes: Partial<EmbeddedBrokerConfig> = {}): BrokerProcess {
    const broker = new BrokerProcess(dist, brokerConfig(dataDir, changes));
    started.push(broker);
    return broker;
  }

  async function startReady(changes: Partial<EmbeddedBrokerConfig> = {}): Promise<BrokerProcess> {
    return start(join(await makeTempDir('broker'), 'data'), changes).ready();
  }

  async function offsets(broker: BrokerProcess, topic: string): Promise<{ low: string; high: string }> {
    const admin = broker.kafka().admin();
    await admin.connect();
    try {
      const [first] = await admin.fetchTopicOffsets(topic);
      assert.ok(first);
      return { low: first.low, high: first.high };
    } finally {
      await admin.disconnect();
    }
  }

  async function produce(broker: BrokerProcess, topic: string, messages: Message[]): Promise<void> {
    const producer = broker.kafka().producer();
    await producer.connect();
    try {
      await producer.send({ topic, messages, acks: -1, compression: CompressionTypes.GZIP });
    } finally {
      await producer.disconnect();
    }
  }

  /** Everything from the low to the high offset of partition 0. */
  async function consumeAll(
    broker: BrokerProcess,
    topic: string,
  ): Promise<{ offset: string; value: string }[]> {
    const { low, high } = await offsets(broker, topic);
    const found: { offset: string; value: string }[] = [];
    if (low === high) return found;
    const consumer = broker
      .kafka()
      .consumer({ groupId: `read-${Date.now()}-${Math.random()}`, maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    try {
      let last = -1;
      await consumer.run({
        eachMessage: ({ message }) => {
          found.push({ offset: message.offset, value: message.value?.toString() ?? '' });
          last = Number(message.offset);
          return Promise.resolve();
        },
      });
      await until(() => last >= Number(high) - 1, { deadlineMs: 20_000, what: `offset ${Number(high) - 1}` });
    } finally {
      await consumer.disconnect();
    }
    return found;
  }

  describe('start and stop', () => {
    it('takes a free port, says which, advertises it, and stops cleanly on SIGTERM', async () => {
      const broker = await startReady({ advertisedHost: 'localhost' });
      assert.deepEqual(JSON.parse(broker.stdout), { ready: true, host: 'localhost', port: broker.port });
      const admin = broker.kafka().admin();
      await admin.connect();
      const cluster = await admin.describeCluster();
      await admin.disconnect();
      assert.deepEqual(cluster.brokers, [{ nodeId: 0, host: 'localhost', port: broker.port }]);
      assert.equal(cluster.clusterId, 'test-cluster');

      const before = Date.now();
      assert.deepEqual(await broker.kill('SIGTERM'), { code: 0, signal: null });
      assert.ok(Date.now() - before < 5_000);
    });

    it('says that the port is taken', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      try {
        const broker = start(join(await makeTempDir('broker'), 'data'), { port });
        assert.equal((await broker.exited).code, EXIT.portInUse);
        assert.match(lastLine(broker.stderr), new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use`));
        assert.equal(broker.stdout, '');
      } finally {
        server.close();
      }
    });

    it('says that the data directory is in use, and by whom', async () => {
      const dataDir = join(await makeTempDir('broker'), 'data');
      const first = await start(dataDir).ready();
      const second = start(dataDir);
      assert.equal((await second.exited).code, EXIT.dataDirInUse);
      assert.ok(
        lastLine(second.stderr).includes(`${dataDir} is in use by process ${first.pid}.`),
        second.stderr,
      );
      assert.deepEqual(await createTopics(first.port, [{ name: 'still-here' }]), [
        { code: 0, message: null },
      ]);
    });

    it('says that the data directory can not be written', async () => {
      const file = join(await makeTempDir('broker'), 'file');
      writeFileSync(file, '');
      for (const dataDir of [file, join(file, 'below')]) {
        const broker = start(dataDir);
        assert.equal((await broker.exited).code, EXIT.dataDirNotWritable);
        assert.ok(lastLine(broker.stderr).startsWith(`The data directory ${dataDir} can't be written:`));
      }
    });

    it('says what is wrong with its config', async () => {
      const broker = start('/data', { port: -1 });
      assert.equal((await broker.exited).code, EXIT.failed);
      assert.match(lastLine(broker.stderr), /"port" is -1, but must be a port/);
    });
  });

  describe('hostile bytes', () => {
    it('leave it alive, whatever the key, size or body', async () => {
      const broker = await startReady();
      const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) & 0xff));
      const cases: Buffer[] = [
        Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
        Buffer.from('16030100fa010000f60303', 'hex'),
        Buffer.from('ffffffff00000000', 'hex'),
        Buffer.from('0000000000000000', 'hex'),
        noise,
        requestFrame(999, 0, noise),
        requestFrame(-1, 0, noise),
      ];
      for (const key of knownApiKeys()) {
        for (const version of [0, 1, 5, 13, 99, -1]) {
          cases.push(
            requestFrame(key, version, noise.subarray(0, 64)),
            requestFrame(key, version, Buffer.alloc(0)),
          );
          cases.push(requestFrame(key, version, Buffer.from('7fffffff7fffffff7fffffff', 'hex')));
        }
      }
      // A request that is answered, ended or left waiting is fine; a dead process is not.
      await Promise.all(cases.map((bytes) => exchange(broker.port, bytes, 3_000).catch(() => undefined)));
      assert.ok(broker.alive, broker.stderr);
      assert.deepEqual(await apiKeys(broker.port), [...knownApiKeys()]);
      assert.match(broker.stderr, /closed: API key 999, which is not known/);
      assert.match(broker.stderr, /closed: a request of 1195725856 bytes: not Kafka/);
    });

    it('do not hold up other clients when a connection floods and never reads', async () => {
      const broker = await startReady();
      const flood = connect(broker.port, '127.0.0.1');
      flood.on('error', () => undefined);
      const request = requestFrame(18, 0, Buffer.alloc(0));
      const block = Buffer.concat(Array.from({ length: 20_000 }, () => request));
      // Nothing is read from `flood`: its answers fill the socket, then the broker must stop reading from it.
      for (let i = 0; i < 20; i++) flood.write(block);
      await until(() => flood.bytesWritten > block.length, {
        deadlineMs: 10_000,
        what: 'the flood to begin',
      });
      assert.deepEqual(await apiKeys(broker.port), [...knownApiKeys()]);
      assert.ok(flood.writableLength > 0, 'the broker took everything, without back pressure');
      flood.destroy();
      assert.ok(broker.alive, broker.stderr);
    });
  });

  describe('checks', () => {
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
        [
          'retention.ms',
          'abc',
          'Invalid value abc for configuration retention.ms: Not a number of type LONG',
        ],
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

  describe('after kill -9', () => {
    it('has every acknowledged record, the topics, their configs and the deleted offsets', async () => {
      const dataDir = join(await makeTempDir('broker'), 'data');
      let broker = await start(dataDir).ready();
      await createTopics(broker.port, [
        { name: 'kept', configs: { 'retention.ms': '99999999' } },
        { name: 'deleted' },
        { name: 'emptied' },
      ]);
      await alterTopic(broker.port, 'kept', [['max.message.bytes', OP.set, '54321']]);
      for (const topic of ['deleted', 'emptied']) {
        for (let i = 0; i < 10; i++) await produce(broker, topic, [{ value: `${i}` }]);
      }
      const admin = broker.kafka().admin();
      await admin.connect();
      // kafkajs finds the leader only of topics whose offsets it was asked for.
      for (const topic of ['deleted', 'emptied']) await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic: 'deleted', partitions: [{ partition: 0, offset: '7' }] });
      await admin.deleteTopicRecords({ topic: 'emptied', partitions: [{ partition: 0, offset: '-1' }] });
      await admin.disconnect();

      // Killed in the middle of producing: what was acknowledged by then must be there.
      const acknowledged: string[] = [];
      const producer = broker.kafka().producer({ retry: { retries: 0 } });
      await producer.connect();
      const producing = (async () => {
        for (let i = 0; ; i++) {
          const values = Array.from({ length: 20 }, (_, n) => `${i}-${n}`);
          await producer.send({ topic: 'kept', acks: -1, messages: values.map((value) => ({ value })) });
          acknowledged.push(...values);
        }
      })();
      const ended = assert.rejects(producing);
      await until(() => acknowledged.length >= 2_000, {
        deadlineMs: 30_000,
        what: '2000 acknowledged records',
      });
      await broker.kill('SIGKILL');
      await ended;
      await producer.disconnect();

      broker = await start(dataDir).ready();
      const found = (await consumeAll(broker, 'kept')).map(({ value }) => value);
      assert.deepEqual(found.slice(0, acknowledged.length), acknowledged);
      assert.deepEqual(await offsets(broker, 'deleted'), { low: '7', high: '10' });
      assert.deepEqual(
        (await consumeAll(broker, 'deleted')).map(({ offset }) => offset),
        ['7', '8', '9'],
      );
      assert.deepEqual(await offsets(broker, 'emptied'), { low: '10', high: '10' });
      await produce(broker, 'emptied', [{ value: 'next' }]);
      assert.deepEqual(await consumeAll(broker, 'emptied'), [{ offset: '10', value: 'next' }]);
      const again = broker.kafka().admin();
      await again.connect();
      const { resources } = await again.describeConfigs({
        includeSynonyms: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: 'kept',
            configNames: ['retention.ms', 'max.message.bytes'],
          },
        ],
      });
      await again.disconnect();
      assert.deepEqual(
        Object.fromEntries((resources[0]?.configEntries ?? []).map((e) => [e.configName, e.configValue])),
        { 'retention.ms': '99999999', 'max.message.bytes': '54321' },
      );
    });

    it('goes on with an idempotent producer, after a clean stop before it too', async () => {
      const dataDir = join(await makeTempDir('broker'), 'data');
      let broker = await start(dataDir).ready();
      const { port } = broker;
      await createTopics(port, [{ name: 't' }]);
      const producer = broker
        .kafka()
        .producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 20 } });
      await producer.connect();
      const send = (value: string): Promise<unknown> => producer.send({ topic: 't', messages: [{ value }] });
      try {
        await send('a');
        await broker.kill('SIGTERM');
        broker = await start(dataDir, { port }).ready();
        await send('b');
        await send('c');
        await broker.kill('SIGKILL');
        broker = await start(dataDir, { port }).ready();
        await send('d');
      } finally {
        await producer.disconnect();
      }
      assert.deepEqual(
        (await consumeAll(broker, 't')).map(({ value }) => value),
        ['a', 'b', 'c', 'd'],
      );
    });
  });

  it('compacts and applies retention as Kafka does, and keeps offsets', async () => {
    const dataDir = join(await makeTempDir('broker'), 'data');
    let broker = await start(dataDir).ready();
    await createTopics(broker.port, [
      { name: 'compacted', configs: { 'cleanup.policy': 'compact', 'retention.ms': '1' } },
      { name: 'expired', configs: { 'retention.ms': '1000' } },
      { name: 'mixed' },
    ]);
    const old = String(Date.now() - 100_000_000_000);
    for (let i = 0; i < 10; i++) {
      const batch = ['a', 'b', 'c'].map((key) => ({ key, value: `${key}${i}`, timestamp: old }));
      await produce(broker, 'compacted', batch);
    }
    await produce(broker, 'expired', [{ value: 'x', timestamp: old }]);
    await produce(broker, 'mixed', [{ value: 'new' }]);
    await produce(broker, 'mixed', [{ value: 'old', timestamp: old }]);
    // Housekeeping runs each minute, and before a stop.
    await broker.kill('SIGTERM');
    broker = await start(dataDir).ready();

    // The last batch is not looked at, like Kafka's active segment; in front of it only the newest of each key is left.
    assert.deepEqual(
      (await consumeAll(broker, 'compacted')).map(({ offset, value }) => `${offset} ${value}`),
      ['24 a8', '25 b8', '26 c8', '27 a9', '28 b9', '29 c9'],
    );
    assert.deepEqual(await offsets(broker, 'compacted'), { low: '0', high: '30' });
    assert.deepEqual(await offsets(broker, 'expired'), { low: '1', high: '1' });
    assert.deepEqual(await offsets(broker, 'mixed'), { low: '0', high: '2' });
  });

  it('keeps the data below its cap, by the oldest records first', async () => {
    const cap = 8 * 1024 * 1024;
    const dataDir = join(await makeTempDir('broker'), 'data');
    const broker = await start(dataDir, { dataCapBytes: cap }).ready();
    await createTopics(broker.port, [{ name: 't' }]);
    const producer = broker.kafka().producer();
    await producer.connect();
    const value = randomBytes(500_000);
    for (let i = 0; i < 40; i++) await producer.send({ topic: 't', messages: [{ value }] });
    await producer.disconnect();
    const { low, high } = await offsets(broker, 't');
    assert.equal(high, '40');
    assert.ok(Number(low) > 20 && Number(low) < 40, low);
    const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.dat'),
    );
    assert.equal(files.length, 40 - Number(low));
    await broker.kill('SIGKILL');
    assert.equal((await offsets(await start(dataDir, { dataCapBytes: cap }).ready(), 't')).low, low);
  });
});

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
