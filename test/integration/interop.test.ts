import assert from 'node:assert/strict';
import { createLogger } from '../../src/base/logger';
import type { CompressionName, RecordHeader } from '../../src/core/kafkaTypes';
import { KafkaConnection } from '../../src/kafka/connection';
import { RecordProducer } from '../../src/kafka/producer/recordProducer';
import { canCompress } from '../../src/kafka/records/codecs';
import { createTopic } from '../../src/kafka/topics';
import { FetchSource } from '../../src/kafka/source/fetchSource';
import { brokersOfSuite } from '../unit/runtimes/embedded/support/suite';
import { readTopic } from '../support/readTopic';
import { Opened } from '../support/opened';
import { startJavaBroker } from '../support/real/javaBroker';
import type { JavaBroker } from '../support/real/javaBroker';
import { javaDump, javaProduce } from '../support/real/javaRecords';
import type { JavaTarget } from '../support/real/javaRecords';
import { JavaSession } from '../support/real/javaSession';
import { KAFKA_LINES, realKafka } from '../support/real/kafkaDist';
import { kcatConsume, kcatProduce } from '../support/real/tools';

const logger = createLogger(() => {});
const CODECS: readonly CompressionName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const bytes = (text: string): Buffer => Buffer.from(text);

interface Sample {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
  readonly timestamp: number;
}

/** Everything that clients get wrong now and then. */
function samples(): Sample[] {
  const now = Date.now();
  const sample = (
    key: Buffer | null,
    value: Buffer | null,
    headers: readonly RecordHeader[] = [],
  ): Sample => ({
    key,
    value,
    headers,
    timestamp: now,
  });
  const notUtf8 = Buffer.from([0xff, 0xfe, 0, 0x80, 0xc3, 0x28]);
  const headers = [
    { key: 'dup', value: bytes('1') },
    { key: 'other', value: notUtf8 },
    { key: 'dup', value: null },
    { key: 'dup', value: bytes('') },
    { key: '', value: bytes('empty key') },
    { key: 'ünï € 😀', value: bytes('x'.repeat(300)) },
  ];
  return [
    sample(bytes('key'), bytes('value'), headers),
    sample(null, bytes('no key')),
    sample(bytes(''), bytes('empty key')),
    sample(bytes('tombstone'), null, [{ key: 'why', value: bytes('deleted') }]),
    sample(null, null),
    sample(bytes('empty value'), bytes('')),
    sample(bytes(''), bytes('')),
    sample(notUtf8, notUtf8),
    sample(bytes('number'), bytes('{"id":9007199254740993,"x":1.0,"big":123456789012345678901234567890}')),
    { ...sample(bytes('earlier'), bytes('than the first')), timestamp: now - 86_400_000 },
    sample(bytes('large'), bytes('{"name":"äöü €","n":12345},'.repeat(8_000))),
    sample(
      bytes('noise'),
      Buffer.from(Array.from({ length: 70_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 11) & 255)),
    ),
    ...Array.from({ length: 200 }, (_, i) => ({
      ...sample(bytes(`k${i}`), bytes(`value ${i}`)),
      timestamp: now + i,
    })),
  ];
}

/** What all sides can say about a record, in values that compare. */
function plain(
  records: readonly {
    readonly key: Uint8Array | null;
    readonly value: Uint8Array | null;
    readonly timestamp: number;
    readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[];
  }[],
): unknown[] {
  const base64 = (value: Uint8Array | null): string | null =>
    value === null ? null : Buffer.from(value).toString('base64');
  return records.map(({ key, value, timestamp, headers }) => ({
    key: base64(key),
    value: base64(value),
    timestamp,
    headers: headers.map((header) => [header.key, base64(header.value)]),
  }));
}

/** kcat tells headers as text only: they are left to the Java client. */
const withoutHeaders = (records: readonly Omit<Sample, 'headers'>[]): unknown[] =>
  plain(records.map((record) => ({ ...record, headers: [] })));

for (const line of KAFKA_LINES) {
  describe(`records and other clients (Kafka ${line})`, function () {
    this.timeout(120_000);
    const opened = new Opened();
    let broker: JavaBroker;
    let target: JavaTarget;
    let connection: KafkaConnection;
    let producer: RecordProducer;
    let source: FetchSource;

    before(async function () {
      this.timeout(900_000);
      broker = opened.add(await startJavaBroker(await realKafka(line)));
      const session = opened.add(new JavaSession(broker.dist));
      target = { dist: broker.dist, bootstrap: broker.bootstrap, session };
      connection = opened.add(await KafkaConnection.open({ bootstrap: [broker.bootstrap] }, { logger }));
      producer = opened.add(new RecordProducer(connection, logger));
      source = opened.add(await FetchSource.open({ bootstrap: [broker.bootstrap] }, logger));
    });

    after(() => opened.dispose());

    for (const compression of CODECS.filter(canCompress)) {
      it(`Java and kcat read what we write (${compression})`, async () => {
        const topic = `ours-${compression}`;
        await createTopic(connection, { name: topic, partitions: 1, replicationFactor: 1 });
        const sent = samples();
        const produced = await Promise.all(
          sent.map((sample) => producer.produce({ topic, ...sample }, { compression })),
        );
        assert.deepEqual(
          produced.map(({ offset }) => offset),
          sent.map((_, i) => i),
        );
        assert.deepEqual(plain(await javaDump(target, topic)), plain(sent));
        assert.deepEqual(withoutHeaders(await kcatConsume(broker.bootstrap, topic)), withoutHeaders(sent));
        assert.deepEqual(plain(await readTopic(source, topic)), plain(sent));
      });
    }

    for (const compression of CODECS) {
      it(`we read what Java and kcat write (${compression})`, async () => {
        const topic = `theirs-${compression}`;
        await createTopic(connection, { name: topic, partitions: 1, replicationFactor: 1 });
        const byJava = samples();
        await javaProduce(target, topic, byJava, {
          compression,
          properties: { 'linger.ms': '50', 'batch.size': '400000' },
        });
        const byKcat = samples().filter(
          ({ key, value }) => key?.length !== 0 && value?.length !== 0 && key !== null,
        );
        await kcatProduce(broker.bootstrap, topic, byKcat, {
          compression,
          headers: [
            ['dup', '1'],
            ['dup', '2'],
          ],
        });

        const read = await readTopic(source, topic);
        assert.deepEqual(
          read.map(({ offset }) => offset),
          read.map((_, i) => i),
        );
        assert.deepEqual(plain(read.slice(0, byJava.length)), plain(byJava));
        const kcats = read.slice(byJava.length);
        const content = (records: readonly Omit<Sample, 'headers'>[]): unknown[] =>
          withoutHeaders(records.map((record) => ({ ...record, timestamp: 0 })));
        assert.deepEqual(content(kcats), content(byKcat));
        for (const { headers } of kcats) {
          assert.deepEqual(
            headers.map(({ key, value }) => `${key}=${Buffer.from(value!).toString()}`),
            ['dup=1', 'dup=2'],
          );
        }
        assert.deepEqual(plain(read), plain(await javaDump(target, topic)));
      });
    }
  });
}

describe('records and other clients (embedded broker)', function () {
  this.timeout(90_000);
  const { startReady } = brokersOfSuite();

  it('kcat reads what we write with every compression, and we read what kcat writes', async () => {
    const broker = await startReady();
    const bootstrap = `127.0.0.1:${broker.port}`;
    const opened = new Opened();
    try {
      const connection = opened.add(await KafkaConnection.open({ bootstrap: [bootstrap] }, { logger }));
      const producer = opened.add(new RecordProducer(connection, logger));
      const source = opened.add(await FetchSource.open({ bootstrap: [bootstrap] }, logger));
      for (const compression of CODECS.filter(canCompress)) {
        const topic = `ours-${compression}`;
        await createTopic(connection, { name: topic, partitions: 1, replicationFactor: 1 });
        const sent = samples();
        await Promise.all(sent.map((sample) => producer.produce({ topic, ...sample }, { compression })));
        assert.deepEqual(withoutHeaders(await kcatConsume(bootstrap, topic)), withoutHeaders(sent));
        assert.deepEqual(plain(await readTopic(source, topic)), plain(sent));
      }
      await createTopic(connection, { name: 'theirs', partitions: 1, replicationFactor: 1 });
      const records = [
        { key: bytes('k'), value: bytes('{"id":9007199254740993}') },
        { key: bytes('gone'), value: null },
      ];
      await kcatProduce(bootstrap, 'theirs', records);
      const read = await readTopic(source, 'theirs');
      assert.deepEqual(
        read.map(({ key, value }) => [Buffer.from(key!).toString(), value && Buffer.from(value).toString()]),
        [
          ['k', '{"id":9007199254740993}'],
          ['gone', null],
        ],
      );
    } finally {
      await opened.dispose();
    }
  });
});
