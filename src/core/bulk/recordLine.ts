import { isUtf8 } from 'node:buffer';
import { KafkaManagerError } from '../../contract/errors';
import type { ConsumedRecord, RecordHeader } from '../kafkaTypes';

/** Bytes of a record above which all of it is base64: as text, each control character becomes six. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
/** Bytes of a record above which it has no line: V8's strings end at 2^29 characters. */
const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/**
 * A record as one line of NDJSON, without its end, from which {@link parseRecordLine} gets the same bytes:
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

/** What a line says of a record. Of what it does not say, key is null and headers are none. */
export interface RecordLine {
  readonly partition: number | undefined;
  readonly offset: number | undefined;
  /** ms since 1970; undefined where the record has none. */
  readonly timestamp: number | undefined;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

const LONE_SURROGATE = /[\uD800-\uDFFF]/u;
const MEMBERS: readonly string[] = ['partition', 'offset', 'timestamp', 'key', 'value', 'headers'];

/**
 * Reads a line that {@link formatRecordLine} or a person wrote. Only `value` has to be there (a forgotten value must not
 * become a tombstone). Strict where it could lose something else: unknown members, members that come twice, numbers
 * past 2^53, base64 with anything odd and halves of surrogate pairs are refused.
 * @param number of the line, from 1 on, for the error
 * @throws KafkaManagerError VALIDATION_ERROR with details.line and, where it is one, details.field
 */
export function parseRecordLine(text: string, number: number): RecordLine {
  const refuse = (reason: string, field?: string): never => {
    throw lineError(number, reason, field);
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    // The parser's sentence quotes from the line, which may hold a secret; its position is enough to find the place.
    const at = /at position \d+/.exec(cause instanceof Error ? cause.message : '')?.[0];
    return refuse(`is not JSON${at ? `: error ${at}` : ''}`);
  }
  if (!isObject(parsed)) return refuse('is not a JSON object');
  const names = Object.keys(parsed);
  let members = names.length;
  for (const name of names) if (!MEMBERS.includes(name)) refuse('has a member that no record has', name);
  if (!('value' in parsed)) refuse('is missing; null is a tombstone', 'value');

  const bytes = (input: unknown, field: string): Uint8Array | null => {
    if (input === null) return null;
    if (typeof input === 'string') return Buffer.from(wellFormed(input, field), 'utf8');
    if (!isObject(input) || Object.keys(input).length !== 1 || typeof input['base64'] !== 'string') {
      return refuse('must be a string, {"base64": "…"} or null', field);
    }
    members += 1;
    const decoded = Buffer.from(input['base64'], 'base64');
    if (decoded.toString('base64') !== input['base64']) refuse('must be base64 with padding', field);
    return decoded;
  };
  const wellFormed = (input: string, field: string): string =>
    LONE_SURROGATE.test(input) ? refuse('must not hold half a surrogate pair', field) : input;
  const integer = (field: 'partition' | 'offset' | 'timestamp', least: number, most: number) => {
    const input = parsed[field];
    if (input === undefined || (field === 'timestamp' && input === null)) return undefined;
    const fits = Number.isSafeInteger(input) && Number(input) >= least && Number(input) <= most;
    return fits ? Number(input) : refuse(`must be a whole number from ${least} to ${most}`, field);
  };
  const headers = (input: unknown): RecordHeader[] => {
    if (!Array.isArray(input)) return refuse('must be a list of [key, value] pairs', 'headers');
    return input.map((pair: unknown, i) => {
      const field = `headers.${i}`;
      if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string') {
        return refuse('must be a pair of a key, which is a string, and a value', field);
      }
      return { key: wellFormed(pair[0], field), value: bytes(pair[1], field) };
    });
  };

  const record = {
    partition: integer('partition', 0, 0x7fff_ffff),
    offset: integer('offset', 0, Number.MAX_SAFE_INTEGER),
    timestamp: integer('timestamp', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    key: bytes(parsed['key'] ?? null, 'key'),
    value: bytes(parsed['value'], 'value'),
    headers: headers(parsed['headers'] ?? []),
  };
  if (countMembers(text) !== members) refuse('has a member that comes twice');
  return record;
}

/** What is wrong with a line, in a sentence that goes on after its number or the field's name. Never holds data. */
export function lineError(line: number, reason: string, field?: string): KafkaManagerError {
  const subject = field === undefined ? `Line ${line}` : `Line ${line}: "${field.slice(0, 100)}"`;
  return new KafkaManagerError('VALIDATION_ERROR', `${subject} ${reason}.`, {
    details: field === undefined ? { line } : { line, field: field.slice(0, 100) },
    remedy: `Correct line ${line} of the file.`,
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Members of all objects in text that is JSON. JSON.parse keeps only the last of two that have the same name. */
function countMembers(text: string): number {
  let count = 0;
  for (let start = text.indexOf('"'); start >= 0;) {
    let end = text.indexOf('"', start + 1);
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
    let next = end + 1;
    while (text.charCodeAt(next) <= 0x20) next++;
    if (text.charCodeAt(next) === 0x3a) count++;
    start = text.indexOf('"', next);
  }
  return count;
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === 0x5c) first--;
  return (at - first) % 2 === 1;
}
