import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exportRecords } from '../../../../src/core/bulk/exportRecords';
import { importRecords } from '../../../../src/core/bulk/importRecords';
import type { ConsumedRecord } from '../../../../src/core/kafkaTypes';

const bytes = fc.oneof(
  fc.constant(null),
  fc.constant(new Uint8Array()),
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text)),
  fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text)),
  // Text that looks like a byte order mark, ends of lines, and what JSON escapes.
  fc
    .constantFrom('\uFEFF', '\r\n', '\u2028', '"\\', '\0', '{"base64":"YQ=="}')
    .map((text) => Buffer.from(text)),
);

const record: fc.Arbitrary<Omit<ConsumedRecord, 'offset'>> = fc.record({
  partition: fc.nat(3),
  timestamp: fc.nat(Number.MAX_SAFE_INTEGER),
  key: bytes,
  value: bytes,
  headers: fc.array(
    fc.record({ key: fc.oneof(fc.constant('same'), fc.string({ unit: 'grapheme' })), value: bytes }),
    { maxLength: 5 },
  ),
});

/** The records of a topic in pages, with the offsets that a broker gives. */
async function* pagesOf(records: readonly Omit<ConsumedRecord, 'offset'>[], first: number) {
  const ends = new Map<number, number>();
  const page: ConsumedRecord[] = records.map((one) => {
    const offset = ends.get(one.partition) ?? first;
    ends.set(one.partition, offset + 1);
    return { ...one, offset };
  });
  for (let i = 0; i < page.length; i += 7) yield page.slice(i, i + 7);
  return 'summary';
}

async function fileOf(records: readonly Omit<ConsumedRecord, 'offset'>[], first: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of exportRecords(pagesOf(records, first))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const withoutOffsets = (file: Buffer): string => file.toString().replaceAll(/"offset":\d+/g, '');

describe('records from export to import to export', () => {
  it('are the same file but for the offsets', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 30 }),
        fc.integer({ min: 1, max: 50 }),
        async (records, size) => {
          const file = await fileOf(records, 1000);
          const chunks: Uint8Array[] = [];
          for (let i = 0; i < file.length; i += size) chunks.push(file.subarray(i, i + size));
          const copied: Omit<ConsumedRecord, 'offset'>[] = [];
          const options = { topic: 'copy', keepPartition: true, keepTimestamp: true };
          for await (const { partition, timestamp, key, value, headers } of importRecords(chunks, options)) {
            copied.push({ partition: partition!, timestamp: timestamp!, key, value, headers: headers! });
          }
          assert.equal(copied.length, records.length);
          for (const [i, one] of records.entries()) {
            assert.deepEqual(plain(copied[i]!), plain(one));
          }
          assert.equal(withoutOffsets(await fileOf(copied, 0)), withoutOffsets(file));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Bytes compared as bytes, whatever class holds them. */
function plain({ key, value, headers, ...where }: Omit<ConsumedRecord, 'offset'>) {
  const hex = (part: Uint8Array | null): string | null => part && Buffer.from(part).toString('hex');
  return {
    ...where,
    key: hex(key),
    value: hex(value),
    headers: headers.map((header) => [header.key, hex(header.value)]),
  };
}
