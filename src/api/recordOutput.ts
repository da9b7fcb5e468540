import { isUtf8 } from 'node:buffer';
import { KafkaManagerError } from '../contract/errors';
import type { Format } from '../contract/rest/produce';
import type { ConsumedRecord, RecordHeader } from '../core/kafkaTypes';
import { MAX_JSON_DEPTH, nestsDeeper } from './jsonBody';

/** How the caller wants keys and values shown; chosen by their bytes where left out. */
export interface ShownFormats {
  readonly key?: Format | undefined;
  readonly value?: Format | undefined;
}

/** Bytes of a record above which all of it is shown as base64: as text, each control character becomes six. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;
/** Bytes of a record above which it can not be shown: V8's strings end at 2^29 characters. */
const MAX_SHOWN_BYTES = 256 * 1024 * 1024;

/**
 * A record as JSON text on one line. JSON values go in as their own text and not through JavaScript's numbers, so every
 * digit of an integer past 2^53 stays. What is larger than 64 MiB is base64, whatever was wished for.
 * @throws KafkaManagerError MESSAGE_TOO_LARGE where the record is larger than 256 MiB
 */
export function recordJson(topic: string, record: ConsumedRecord, formats: ShownFormats): string {
  const size = sizeOf(record);
  if (size > MAX_SHOWN_BYTES) {
    throw new KafkaManagerError(
      'MESSAGE_TOO_LARGE',
      `The record at offset ${record.offset} of partition ${record.partition} of "${topic}" has ${size} bytes: too ` +
        `many to be shown as JSON.`,
      { remedy: `Read on from offset ${record.offset + 1}, or read this record with a client for files.` },
    );
  }
  const all = size > MAX_TEXT_BYTES ? 'base64' : undefined;
  const key = show(record.key, all ?? formats.key);
  const value = show(record.value, all ?? formats.value);
  const timestamp = record.timestamp < 0 ? 'null' : String(record.timestamp);
  return (
    `{"topic":${JSON.stringify(topic)},"partition":${record.partition},"offset":${record.offset},` +
    `"timestamp":${timestamp},"key":${key.json},"key_format":${key.format},` +
    `"value":${value.json},"value_format":${value.format},` +
    `"headers":[${record.headers.map((header) => headerJson(header, all)).join(',')}]}`
  );
}

/** JSON text, and the JSON text of the format's name. */
interface Shown {
  readonly json: string;
  readonly format: string;
}

const NOTHING: Shown = { json: 'null', format: 'null' };

/** `json` only where the bytes are JSON, `base64` where they are not UTF-8, whatever was wished for. */
function show(bytes: Uint8Array | null, wished: Format | undefined): Shown {
  if (bytes === null) return NOTHING;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (wished === 'base64' || !isUtf8(buffer)) {
    return { json: `"${buffer.toString('base64')}"`, format: '"base64"' };
  }
  const text = buffer.toString('utf8');
  if (wished !== 'text' && isJson(text)) {
    // A line break can only be white space between tokens here, and would end a line of NDJSON too early.
    return { json: text.replaceAll(/[\r\n]/g, ' '), format: '"json"' };
  }
  return { json: JSON.stringify(text), format: '"text"' };
}

/**
 * Whether text is JSON. `null` is shown as text: a JSON null in the answer means that there are no bytes. So is what
 * nests deeper than the API itself would read.
 */
function isJson(text: string): boolean {
  if (!/^[\t\n\r ]*["[{\-0-9tf]/.test(text)) return false;
  try {
    JSON.parse(text);
  } catch {
    return false;
  }
  return !nestsDeeper(text, MAX_JSON_DEPTH);
}

function sizeOf({ key, value, headers }: ConsumedRecord): number {
  return headers.reduce(
    (sum, { value: bytes }) => sum + (bytes?.length ?? 0),
    (key?.length ?? 0) + (value?.length ?? 0),
  );
}

function headerJson({ key, value }: RecordHeader, format: 'base64' | 'text' = 'text'): string {
  const shown = show(value, format);
  return `{"key":${JSON.stringify(key)},"value":${shown.json},"format":${value === null ? 'null' : shown.format}}`;
}
