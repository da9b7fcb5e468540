import assert from 'node:assert/strict';
import { canCompress } from '../../src/kafka/records/codecs';
import { oddRecord, readsExactly } from '../support/exactReads';
import { javaDump } from '../support/real/javaRecords';
import { javaScript } from '../support/real/javaScript';
import type { ProducerStep } from '../support/real/javaScript';
import { kcatConsume, kcatProduce } from '../support/real/tools';
import { scanBrokers, ScanStage } from '../support/scanStage';
import { hourAgo, range } from '../support/scanWords';
import { lines } from '../support/topicReads';

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
/** By the sender's clock, and by the broker's. */
const TOPICS = { created: 'CreateTime', appended: 'LogAppendTime' } as const;
const topics = Object.keys(TOPICS);

/** Small enough for several batches of each writer. */
const BATCH = '16000';
const PER_WRITER = 400;

for (const [name, start] of scanBrokers) {
  describe(`codecs by all writers, read exactly (${name})`, function () {
    this.timeout(60_000);
    let stage: ScanStage;

    /** Partition N holds what Java, kcat and we wrote with the Nth codec. */
    async function fill(): Promise<void> {
      for (const [topic, type] of Object.entries(TOPICS)) {
        await stage.create(topic, CODECS.length, { 'message.timestamp.type': type });
      }
      const steps = CODECS.flatMap((codec, partition): ProducerStep[] => [
        {
          producer: codec,
          do: 'open',
          properties: { 'compression.type': codec, 'linger.ms': '50', 'batch.size': BATCH },
        },
        ...topics.flatMap((topic) =>
          range(PER_WRITER).map((i): ProducerStep => {
            const record = { topic, partition, timestamp: hourAgo + i, ...oddRecord(i, 'java') };
            return { producer: codec, do: 'send', ...record };
          }),
        ),
      ]);
      await javaScript(stage.broker.target, steps);
      const byKcat = range(PER_WRITER)
        .map((i) => oddRecord(i, 'kcat'))
        // Null values would take one call of kcat for each run of them.
        .filter(({ key, value }) => key !== null && key.length > 0 && value !== null && value.length > 0);
      for (const topic of topics) {
        for (const [partition, compression] of CODECS.entries()) {
          const headers = [['by', 'kcat'] as const, ['by', 'librdkafka'] as const];
          const properties = { 'batch.size': BATCH, 'linger.ms': '20' };
          await kcatProduce(stage.bootstrap, topic, byKcat, { partition, compression, headers, properties });
        }
      }
      for (const topic of topics) {
        for (const [partition, compression] of CODECS.entries()) {
          if (!canCompress(compression)) continue;
          for (const first of range(4)) {
            await Promise.all(
              range(PER_WRITER / 4, (first * PER_WRITER) / 4).map((i) => {
                const record = { topic, partition, timestamp: hourAgo + i, ...oddRecord(i, 'we') };
                return stage.gateway.produce(record, { compression });
              }),
            );
          }
        }
      }
    }

    before(async function () {
      this.timeout(900_000);
      stage = await ScanStage.open(start);
      await fill();
    });

    after(() => stage.dispose());

    for (const [topic, type] of Object.entries(TOPICS)) {
      it(`shows what Java's consumer and kcat show, both ways, with ${type}`, async () => {
        const dump = await javaDump(stage.broker.target, topic);
        const writers = new Set(dump.map(({ key }) => key?.toString().split(' ')[0] ?? ''));
        assert.deepEqual([...writers].sort(), ['', 'java', 'kcat', 'we']);
        assert.ok(dump.every((record) => record.timestampType === type));
        assert.deepEqual(
          lines(dump).sort(),
          lines(await kcatConsume(stage.bootstrap, topic)).sort(),
          "Java's consumer and kcat disagree",
        );
        await readsExactly(stage.source, { topic }, dump);
        await readsExactly(stage.source, { topic, isolation: 'read_uncommitted' }, dump);
      });
    }
  });
}
