import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { exportAll, openBulk } from '../support/bulkStage';
import type { BulkStage } from '../support/bulkStage';
import { Opened } from '../support/opened';
import { run } from '../support/real/children';
import { javaDump, javaProduce } from '../support/real/javaRecords';
import type { JavaRecord, JavaRecordToSend } from '../support/real/javaRecords';
import { createTopic } from '../support/real/javaTools';
import { embeddedScanBroker, javaScanBroker } from '../support/scanBroker';
import type { ScanBroker } from '../support/scanBroker';

const RECORDS = 40_000;
const PARTITIONS = 3;
/** MiB by which a process may grow between a tenth of the flow and its end, out of the 280 MiB that a million lines are. */
const FLOW_GROWTH = 128;
/** The flow through the embedded broker is a fifth: it is slow. */
const brokers: readonly (readonly [string, () => Promise<ScanBroker>, number])[] = [
  ['Apache Kafka 4', () => javaScanBroker('4'), 1_000_000],
  ['the embedded broker', embeddedScanBroker, 200_000],
];

/** What keys, values and headers can be, one after the other. */
const PARTS: readonly (Uint8Array | null)[] = [
  Buffer.from('plain'),
  null,
  Buffer.alloc(0),
  Buffer.from('{ "n": 12345678901234567890,\r\n "x": 1.50 }'),
  Uint8Array.from({ length: 256 }, (_, i) => i),
  Buffer.from('\uFEFF"\\ \u2028 ä😀\0'),
  Uint8Array.of(0xc3, 0x28),
];

/** A record unlike its neighbours; combinations repeat only after thousands. */
function recordOf(i: number): JavaRecordToSend {
  const part = (n: number): Uint8Array | null => PARTS[n % PARTS.length] ?? null;
  return {
    partition: i % PARTITIONS,
    timestamp: 1_700_000_000_000 + ((i * 7919) % 100_000),
    key: part(i),
    value: i % 2 === 0 ? Buffer.from(`value ${i}`) : part(Math.floor(i / 7)),
    headers: Array.from({ length: i % 4 }, (_, n) => ({
      key: n < 2 ? 'same' : `ä${i}`,
      value: part(Math.floor(i / 49) + n),
    })),
  };
}

/** Records by partition and offset, as text that is equal only where they are. */
function told(records: readonly JavaRecord[]): string[] {
  const hex = (bytes: Uint8Array | null): string => (bytes ? Buffer.from(bytes).toString('hex') : 'null');
  const sorted = [...records].sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  return sorted.map(({ partition, offset, timestamp, key, value, headers }) =>
    [
      partition,
      offset,
      timestamp,
      hex(key),
      hex(value),
      ...headers.map((header) => `${header.key}=${hex(header.value)}`),
    ].join(' '),
  );
}

for (const [name, start, flowRecords] of brokers) {
  describe(`bulk export and import (${name})`, function () {
    this.timeout(180_000);
    const opened = new Opened();
    let broker: ScanBroker;
    let stage: BulkStage;

    before(async function () {
      this.timeout(900_000);
      broker = opened.add(await start());
      stage = opened.add(await openBulk(broker.target.bootstrap));
    });
    after(() => opened.dispose());

    async function fileOf(topic: string): Promise<Buffer> {
      const chunks: Uint8Array[] = [];
      const summary = await exportAll(
        stage.bulk.exportRecords(undefined, { topic, from: { at: 'beginning' } }),
        (chunk) => chunks.push(chunk),
      );
      assert.deepEqual([summary.stopReason, summary.problems], ['end', []]);
      return Buffer.concat(chunks);
    }

    it(`copies ${RECORDS} records of every kind byte for byte, as Kafka's own consumer sees them`, async () => {
      // The records are of 2023: retention would take them away while they are compared.
      const settings = { partitions: PARTITIONS, config: { 'retention.ms': '-1' } };
      await createTopic(broker.target, 'original', settings);
      await createTopic(broker.target, 'copy', settings);
      const records = Array.from({ length: RECORDS }, (_, i) => recordOf(i));
      await javaProduce(broker.target, 'original', records, { compression: 'lz4' });

      const file = await fileOf('original');
      const report = await stage.bulk.importRecords(undefined, 'copy', [file], {
        keepPartition: true,
        keepTimestamp: true,
      });
      assert.deepEqual(report, { written: RECORDS, failed: 0, failures: [], ended: undefined });

      const original = told(await javaDump(broker.target, 'original'));
      const copy = told(await javaDump(broker.target, 'copy'));
      assert.equal(original.length, RECORDS);
      // A difference of 100,000 lines would take minutes to print.
      assert.equal(
        copy.findIndex((record, i) => record !== original[i]),
        -1,
        'the first record that differs',
      );
      assert.equal(copy.length, RECORDS);
      assert.ok((await fileOf('copy')).equals(file));
    });

    it(`lets ${flowRecords} records flow in and out in flat memory`, async () => {
      await createTopic(broker.target, 'flow', { partitions: PARTITIONS });
      const script = fileURLToPath(new URL('../support/bulkFlow.ts', import.meta.url));
      const args = ['--import', 'tsx', script, broker.target.bootstrap, 'flow', String(flowRecords)];
      const { stdout } = await run(process.execPath, args, { deadlineMs: 170_000 });
      const flow = JSON.parse(stdout.toString()) as Record<string, number | string>;
      const { written, failed, ended, lines, stopReason, problems } = flow;
      assert.deepEqual(
        { written, failed, ended, lines, stopReason, problems },
        {
          written: flowRecords,
          failed: 0,
          ended: undefined,
          lines: flowRecords,
          stopReason: 'end',
          problems: 0,
        },
      );
      assert.ok(Number(flow['importGrowth']) < FLOW_GROWTH, `import: ${JSON.stringify(flow)}`);
      assert.ok(Number(flow['exportGrowth']) < FLOW_GROWTH, `export: ${JSON.stringify(flow)}`);
    });
  });
}
