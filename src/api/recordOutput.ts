import { isUtf8 } from 'node:buffer';
import type { Format } from '../contract/rest/produce';
import type { ConsumedRecord, RecordHeader } from '../core/kafkaTypes';
import { MAX_JSON_DEPTH, nestsDeeper } from './jsonBody';

/** How the caller wants keys and values shown; chosen by their bytes where left out. */
export interface ShownFormats {
  readonly key?: Format | undefined;
  readonly value?: Format | undefined;
}

/**
 * A record as JSON text on one line. JSON values go in as their own text and not through JavaScript's numbers, so every
 * digit of an integer past 2^53 stays.
 */
export function recordJson(topic: string, record: ConsumedRecord, formats: ShownFormats): string {
  const key = show(record.key, formats.key);
  const value = show(record.value, formats.value);
  const timestamp = record.timestamp < 0 ? 'null' : String(record.timestamp);
  return (
    `{"topic":${JSON.stringify(topic)},"partition":${record.partition},"offset":${record.offset},` +
    `"timestamp":${timestamp},"key":${key.json},"key_format":${key.format},` +
    `"value":${value.json},"value_format":${value.format},` +
    `"headers":[${record.headers.map(headerJson).join(',')}]}`
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

function headerJson({ key, value }: RecordHeader): string {
  const shown = show(value, value !== null && isUtf8(value) ? 'text' : 'base64');
  return `{"key":${JSON.stringify(key)},"value":${shown.json},"format":${value === null ? 'null' : shown.format}}`;
}
