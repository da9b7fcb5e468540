import type { ConsumedRecord } from '../../src/core/kafkaTypes';
import { type RecordRows, RecordView } from '../../src/core/scan/recordRows';
import type { RecordBatch } from '../../src/core/scan/recordSource';
import { readRows } from '../../src/kafka/records/batchRows';

type Bytes = Uint8Array | string | null | undefined;

/** A record for a batch of the tests; text stands for its UTF-8 bytes. */
export interface PlainRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key?: Bytes;
  readonly value?: Bytes;
  readonly headers?: readonly { readonly key: string; readonly value: Bytes }[];
}

/** Records, with any gaps between their offsets, as the rows of one batch. The encoder is the tests' own. */
export function rowsOf(partition: number, records: readonly PlainRecord[]): RecordRows {
  const baseOffset = records[0]?.offset ?? 0;
  return readRows(sectionOf(records), {
    partition,
    baseOffset,
    nextOffset: (records.at(-1)?.offset ?? -1) + 1,
    baseTimestamp: 0,
    appendTime: undefined,
    count: records.length,
  });
}

/** The uncompressed bytes of records in a batch that begins with the offset of the first and at time 0. */
export function sectionOf(records: readonly PlainRecord[]): Buffer {
  const baseOffset = records[0]?.offset ?? 0;
  return Buffer.concat(records.map((record) => encoded(record, baseOffset)));
}

/** The records of a batch as views. */
export function recordsOf(batch: RecordBatch): ConsumedRecord[] {
  const rows = batch.rows();
  return Array.from({ length: rows.length }, (_, row) => new RecordView(rows, row));
}

/** The record with all of its fields as own ones, for comparing whole records. */
export function plainRecord(record: ConsumedRecord): ConsumedRecord {
  const { partition, offset, timestamp, key, value, headers } = record;
  return { partition, offset, timestamp, key, value, headers };
}

function encoded(record: PlainRecord, baseOffset: number): Buffer {
  const { offset, timestamp, key = null, value = null, headers = [] } = record;
  const body = Buffer.concat([
    Buffer.of(0),
    varint(timestamp),
    varint(offset - baseOffset),
    field(key),
    field(value),
    varint(headers.length),
    ...headers.flatMap((header) => [field(header.key), field(header.value ?? null)]),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

function field(bytes: Bytes): Buffer {
  if (bytes === null || bytes === undefined) return varint(-1);
  const buffer = Buffer.from(bytes as Uint8Array);
  return Buffer.concat([varint(buffer.length), buffer]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = (BigInt(value) << 1n) ^ (BigInt(value) >> 63n);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
