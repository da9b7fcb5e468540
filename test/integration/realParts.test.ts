import assert from 'node:assert/strict';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaConfig } from 'kafkajs';
import { realKafka, KAFKA_LINES } from '../support/real/kafkaDist';
import type { KafkaLine } from '../support/real/kafkaDist';
import { startJavaBroker } from '../support/real/javaBroker';
import type { JavaBroker } from '../support/real/javaBroker';
import { javaDump, javaProduce } from '../support/real/javaRecords';
import { consoleConsume, consoleProduce, createTopic, endOffsets } from '../support/real/javaTools';
import { startSecureBroker, unsecuredToken } from '../support/real/secureBroker';
import type { SecureBroker } from '../support/real/secureBroker';
import { kcatConsume, kcatProduce } from '../support/real/tools';

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
/** The first run on a machine fetches Kafka, and perhaps a JDK. */
const BRING_MS = 900_000;
const EMPTY = Buffer.alloc(0);

function suiteOfPlainBroker(line: KafkaLine): void {
  describe(`Apache Kafka ${line}`, function () {
    this.timeout(120_000);
    let broker: JavaBroker;

    before(async function () {
      this.timeout(BRING_MS);
      broker = await startJavaBroker(await realKafka(line));
    });
    after(async () => broker.dispose());

    it('is the version that is pinned', () => {
      assert.ok(broker.dist.version.startsWith(`${line}.`), broker.dist.version);
      assert.match(
        broker.logTail(1000),
        new RegExp(`Kafka version: ${broker.dist.version.replaceAll('.', '\\.')}`),
      );
    });

    it('carries exact bytes from kcat to kcat and to the Java consumer', async () => {
      const sent = [
        { key: ALL_BYTES, value: ALL_BYTES },
        { key: null, value: Buffer.from('no key') },
        { key: EMPTY, value: EMPTY },
        { key: Buffer.from('tombstone'), value: null },
        { key: Buffer.from('after'), value: Buffer.from('ends\n') },
      ];
      const headers = [
        ['h', '1'],
        ['h', '2'],
        ['ä', 'ü'],
      ] as const;
      await createTopic(broker, 'kcat-bytes');
      await kcatProduce(broker.bootstrap, 'kcat-bytes', sent, { headers, compression: 'lz4' });

      const byKcat = await kcatConsume(broker.bootstrap, 'kcat-bytes');
      assert.deepEqual(
        byKcat.map(({ key, value }) => ({ key, value })),
        sent,
      );
      assert.deepEqual(
        byKcat.map((record) => record.headers),
        sent.map(() => 'h=1,h=2,ä=ü'),
      );
      const byJava = await javaDump(broker, 'kcat-bytes');
      assert.deepEqual(
        byJava.map(({ key, value }) => ({ key, value })),
        sent,
      );
      assert.deepEqual(
        byJava[0]?.headers.map(({ key, value }) => [key, value?.toString()]),
        headers,
      );
      assert.deepEqual(
        byJava.map((record) => record.timestamp),
        byKcat.map((record) => record.timestamp),
      );
    });

    it('carries exact bytes, headers, partitions and timestamps from the Java producer to both readers', async () => {
      const sent = [
        { partition: 1, timestamp: 1_700_000_000_001, key: EMPTY, value: null, headers: [] },
        {
          partition: 1,
          timestamp: 1_600_000_000_000,
          key: null,
          value: ALL_BYTES,
          headers: [
            { key: 'twice', value: Buffer.from('1') },
            { key: 'null', value: null },
            { key: 'twice', value: ALL_BYTES },
            { key: '', value: EMPTY },
          ],
        },
      ];
      await createTopic(broker, 'java-bytes', { partitions: 2 });
      const at = await javaProduce(broker, 'java-bytes', sent, { compression: 'zstd' });
      assert.deepEqual(
        at.map(({ partition, offset }) => [partition, offset]),
        [
          [1, 0],
          [1, 1],
        ],
      );

      const byJava = await javaDump(broker, 'java-bytes');
      assert.deepEqual(
        byJava.map(({ partition, timestamp, key, value, headers }) => ({
          partition,
          timestamp,
          key,
          value,
          headers,
        })),
        sent,
      );
      const byKcat = await kcatConsume(broker.bootstrap, 'java-bytes');
      assert.deepEqual(
        byKcat.map(({ partition, timestamp, key, value }) => ({ partition, timestamp, key, value })),
        sent.map(({ partition, timestamp, key, value }) => ({ partition, timestamp, key, value })),
      );
      assert.deepEqual(
        await endOffsets(broker, 'java-bytes'),
        new Map([
          [0, 0],
          [1, 2],
        ]),
      );
    });

    it('hides an aborted transaction from read_committed only', async () => {
      const record = (text: string) => [{ key: null, value: Buffer.from(text) }];
      await createTopic(broker, 'transactions');
      await javaProduce(broker, 'transactions', record('aborted'), { transaction: 'abort' });
      await javaProduce(broker, 'transactions', record('committed'), { transaction: 'commit' });

      const read = async (isolation: 'read_committed' | 'read_uncommitted') =>
        (await javaDump(broker, 'transactions', { isolation })).map(({ value }) => value?.toString());
      assert.deepEqual(await read('read_committed'), ['committed']);
      assert.deepEqual(await read('read_uncommitted'), ['aborted', 'committed']);
    });

    it('speaks through its console tools', async () => {
      await createTopic(broker, 'console');
      const parsing = { 'parse.key': 'true', 'parse.headers': 'true', 'null.marker': 'NIL' };
      await consoleProduce(broker, 'console', ['a:1\tk\tv', 'a:1\tk\tNIL'], parsing);
      const printing = { 'print.key': 'true', 'print.headers': 'true', 'null.literal': 'NIL' };
      assert.equal(await consoleConsume(broker, 'console', 2, printing), 'a:1\tk\tv\na:1\tk\tNIL\n');
    });

    it('keeps its data over a clean restart and over SIGKILL', async () => {
      await createTopic(broker, 'durable');
      await kcatProduce(broker.bootstrap, 'durable', [{ value: Buffer.from('1') }]);
      const before = broker.pid;
      await broker.restart();
      assert.notEqual(broker.pid, before);
      await kcatProduce(broker.bootstrap, 'durable', [{ value: Buffer.from('2') }]);
      await broker.kill();
      assert.throws(() => broker.pid, /does not run/);
      await broker.start();
      const read = await kcatConsume(broker.bootstrap, 'durable');
      assert.deepEqual(
        read.map(({ value }) => value?.toString()),
        ['1', '2'],
      );
    });
  });
}

/** What a client needs for each way to log in. */
function ways({
  bootstrap,
  users,
  ca,
  clientCert,
  clientKey,
}: SecureBroker): Record<string, Omit<KafkaConfig, 'clientId'>> {
  const plain = { mechanism: 'plain', ...users.bob } as const;
  const scram256 = { mechanism: 'scram-sha-256', ...users.alice } as const;
  const scram512 = { mechanism: 'scram-sha-512', ...users.alice } as const;
  const oauthbearer = {
    mechanism: 'oauthbearer',
    oauthBearerProvider: async () => ({ value: unsecuredToken('dave') }),
  } as const;
  const tls = { ca: [ca] };
  return {
    PLAINTEXT: { brokers: [bootstrap.PLAINTEXT] },
    'SASL_PLAINTEXT PLAIN': { brokers: [bootstrap.SASL_PLAINTEXT], sasl: plain },
    'SASL_PLAINTEXT SCRAM-SHA-256': { brokers: [bootstrap.SASL_PLAINTEXT], sasl: scram256 },
    'SASL_PLAINTEXT SCRAM-SHA-512': { brokers: [bootstrap.SASL_PLAINTEXT], sasl: scram512 },
    'SASL_PLAINTEXT OAUTHBEARER': { brokers: [bootstrap.SASL_PLAINTEXT], sasl: oauthbearer },
    SSL: { brokers: [bootstrap.SSL], ssl: tls },
    MTLS: { brokers: [bootstrap.MTLS], ssl: { ...tls, cert: clientCert, key: clientKey } },
    'SASL_SSL PLAIN': { brokers: [bootstrap.SASL_SSL], ssl: tls, sasl: plain },
    'SASL_SSL SCRAM-SHA-512': { brokers: [bootstrap.SASL_SSL], ssl: tls, sasl: scram512 },
    'SASL_SSL OAUTHBEARER': { brokers: [bootstrap.SASL_SSL], ssl: tls, sasl: oauthbearer },
  };
}

async function brokersSeen(config: Omit<KafkaConfig, 'clientId'>): Promise<number> {
  const retry = { retries: 0 };
  const admin = new Kafka({ ...config, clientId: 'tests', logLevel: logLevel.NOTHING, retry }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length;
  } finally {
    await admin.disconnect();
  }
}

function suiteOfSecureBroker(line: KafkaLine): void {
  describe(`Apache Kafka ${line}, secured`, function () {
    this.timeout(120_000);
    let secure: SecureBroker;

    before(async function () {
      this.timeout(BRING_MS);
      secure = await startSecureBroker(await realKafka(line));
    });
    after(async () => secure.dispose());

    it('lets kafkajs in on every listener', async () => {
      for (const [way, config] of Object.entries(ways(secure))) {
        assert.equal(await brokersSeen(config).catch((error: unknown) => `${way}: ${String(error)}`), 1, way);
      }
    });

    it('refuses a wrong password', async () => {
      const { bootstrap, users } = secure;
      for (const mechanism of ['plain', 'scram-sha-256'] as const) {
        const user = mechanism === 'plain' ? users.bob : users.alice;
        const sasl = { mechanism, ...user, password: 'wrong' } as KafkaConfig['sasl'] & object;
        await assert.rejects(brokersSeen({ brokers: [bootstrap.SASL_PLAINTEXT], sasl }), /uthentication/);
      }
    });

    it('is not trusted by a client that trusts a foreign authority', async () => {
      const { bootstrap, certificates } = secure;
      const ssl = { ca: [certificates.foreignCa.cert] };
      await assert.rejects(brokersSeen({ brokers: [bootstrap.SSL], ssl }), /certificate|verify|issuer/);
    });

    it('refuses a client without a certificate, or with a foreign one, where it demands one', async () => {
      const { bootstrap, ca, certificates } = secure;
      const { cert, key } = certificates.foreignClient;
      await assert.rejects(brokersSeen({ brokers: [bootstrap.MTLS], ssl: { ca: [ca] } }));
      await assert.rejects(brokersSeen({ brokers: [bootstrap.MTLS], ssl: { ca: [ca], cert, key } }));
    });

    it('lets kcat in with its files', async () => {
      const file = (name: string) => `${secure.certificateFolder}/${name}`;
      const properties = {
        'security.protocol': 'SSL',
        'ssl.ca.location': file('ca.pem'),
        'ssl.certificate.location': file('client.pem'),
        'ssl.key.location': file('client.key'),
      };
      await createTopic({ dist: secure.broker.dist, bootstrap: secure.bootstrap.PLAINTEXT }, 'over-tls');
      await kcatProduce(secure.bootstrap.MTLS, 'over-tls', [{ value: Buffer.from('x') }], { properties });
      const read = await kcatConsume(secure.bootstrap.MTLS, 'over-tls', { properties });
      assert.deepEqual(
        read.map(({ value }) => value?.toString()),
        ['x'],
      );
    });
  });
}

describe('Real parts', () => {
  for (const line of KAFKA_LINES) {
    suiteOfPlainBroker(line);
    suiteOfSecureBroker(line);
  }
});
