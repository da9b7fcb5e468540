import assert from 'node:assert/strict';
import { crc32c } from '../../../../../src/kafka/records/crc32c';
import { Reader, Writer, exchange, requestFrame } from './wire';

const CODEC_GZIP = 1;

/** A zigzag varint. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** One record with the key `k`, whose length may lie. */
export function record(value: Buffer, lengthIsOffBy = 0): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, 0, 0]), // attributes, timestamp delta, offset delta
    varint(1),
    Buffer.from('k'),
    varint(value.length),
    value,
    varint(0),
  ]);
  return Buffer.concat([varint(body.length + lengthIsOffBy), body]);
}

/** A batch of one record, of now; `records` as they are in the batch. */
export function recordBatch(records: Buffer, gzipped: boolean): Buffer {
  const now = Date.now();
  const checked = new Writer()
    .int(2, gzipped ? CODEC_GZIP : 0)
    .int(4, 0)
    .int(8, now)
    .int(8, now);
  checked.int(8, -1).int(2, -1).int(4, -1).int(4, 1).bytes(records); // no producer id; one record
  const rest = checked.done();
  const head = new Writer()
    .int(8, 0)
    .int(4, 9 + rest.length)
    .int(4, -1)
    .int(1, 2)
    .int(4, crc32c(rest) | 0);
  return head.bytes(rest).done();
}

/** Produce version 7 of one batch to partition 0. Returns the error code. */
export async function produceBatch(port: number, topic: string, batch: Buffer): Promise<number> {
  const body = new Writer().string(null).int(2, -1).int(4, 30_000).int(4, 1).string(topic).int(4, 1);
  body.int(4, 0).int(4, batch.length).bytes(batch);
  const bytes = await exchange(port, requestFrame(0, 7, body.done()), 60_000);
  assert.ok(bytes, 'no answer to Produce');
  const reader = new Reader(bytes);
  reader.int(4); // one topic
  reader.string();
  reader.int(4); // one partition
  reader.int(4);
  return reader.int(2);
}

/** ListOffsets version 1 of partition 0: the first offset at or after `timestamp`. Returns the error code. */
export async function offsetAt(port: number, topic: string, timestamp: number): Promise<number> {
  const body = new Writer().int(4, -1).int(4, 1).string(topic).int(4, 1).int(4, 0).int(8, timestamp);
  const bytes = await exchange(port, requestFrame(2, 1, body.done()), 60_000);
  assert.ok(bytes, 'no answer to ListOffsets');
  const reader = new Reader(bytes);
  reader.int(4);
  reader.string();
  reader.int(4);
  reader.int(4);
  return reader.int(2);
}
