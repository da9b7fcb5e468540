import { isUtf8 } from 'node:buffer';
import { KafkaManagerError } from '../../contract/errors';
import type { ConsumedRecord } from '../kafkaTypes';

/** Bytes of a record above which all of it is base64: as text, each control character becomes six. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
/** Bytes of a record above which it has no line: V8's strings end at 2^29 characters. */
const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/**
 * A record as one line of NDJSON, without its end, from which `parseRecordLine` gets the same bytes:
 *
 *     {"partition":0,"offset":7,"timestamp":1700000000000,"key":"k","value":{"base64":"/w=="},"headers":[["h",null]]}
 *
 * Each line says all of its record, so that grep, head and cat make files that can be read again. Keys, values and
 * values of headers are a string where the bytes are UTF-8 (JSON too: its digits and white space stay), else
 * {"base64": …}; null means no bytes, which is not "". Headers are pairs in their order, duplicates included. A record
 * without a timestamp has null. The topic is not said, since a file may go to any.
 * @throws KafkaManagerError MESSAGE_TOO_LARGE where the record is larger than 256 MiB
 */
export function formatRecordLine(record: ConsumedRecord): string {
  const { partition, offset, timestamp, key, value, headers } = record;
  const size = sizeOf(record);
  if (size > MAX_RECORD_BYTES) {
    throw new KafkaManagerError(
      'MESSAGE_TOO_LARGE',
      `The record at offset ${offset} of partition ${partition} has ${size} bytes: too many for one line of JSON.`,
      { remedy: `Leave it out: read on from offset ${offset + 1} of this partition.` },
    );
  }
  const asText = size <= MAX_TEXT_BYTES;
  const pairs = headers.map(
    (header) => `[${JSON.stringify(header.key)},${formatBytes(header.value, asText)}]`,
  );
  return (
    `{"partition":${partition},"offset":${offset},"timestamp":${timestamp === -1 ? 'null' : timestamp},` +
    `"key":${formatBytes(key, asText)},"value":${formatBytes(value, asText)},"headers":[${pairs.join(',')}]}`
  );
}

function formatBytes(bytes: Uint8Array | null, asText: boolean): string {
  if (bytes === null) return 'null';
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (asText && isUtf8(buffer)) return JSON.stringify(buffer.toString('utf8'));
  return `{"base64":"${buffer.toString('base64')}"}`;
}

function sizeOf({ key, value, headers }: ConsumedRecord): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0);
  for (const header of headers) size += header.key.length + (header.value?.length ?? 0);
  return size;
}
