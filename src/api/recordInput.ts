import { KafkaManagerError } from '../contract/errors';
import type { Format, HeadersInput, MessageInput } from '../contract/rest/produce';
import type { ProduceRecord, RecordHeader } from '../core/kafkaTypes';
import { RawJson } from './jsonBody';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

/**
 * A message as it came in JSON, turned into bytes.
 * @param at path of the message inside the body, with a dot at its end, for the reasons of refusals
 * @throws KafkaManagerError VALIDATION_ERROR
 */
export function toProduceRecord(topic: string, message: MessageInput, at = ''): ProduceRecord {
  const { key, value, headers, partition, timestamp, key_format, value_format } = message;
  return {
    topic,
    key: toBytes(key ?? null, key_format ?? undefined, `${at}key`),
    value: toBytes(value, value_format ?? undefined, `${at}value`),
    ...(headers && { headers: toHeaders(headers, `${at}headers`) }),
    ...(partition !== undefined && { partition }),
    ...(timestamp !== undefined && {
      timestamp: typeof timestamp === 'number' ? timestamp : Math.max(0, Date.parse(timestamp)),
    }),
  };
}

/** A string is text and anything else JSON, unless a format is named. null has no bytes, whatever is named. */
function toBytes(input: unknown, format: Format | undefined, field: string): Uint8Array | null {
  if (input === null) return null;
  const chosen = format ?? (typeof input === 'string' ? 'text' : 'json');
  if (chosen === 'json') return utf8(input instanceof RawJson ? input.text : JSON.stringify(input), field);
  if (typeof input !== 'string') throw refused(field, `must be a string, as its format is ${chosen}`);
  return chosen === 'text' ? utf8(input, field) : fromBase64(input, field);
}

function toHeaders(input: HeadersInput, field: string): RecordHeader[] {
  const pairs: (readonly [string, string | null | { base64: string }])[] = Array.isArray(input)
    ? input.map((entry) => {
        if (Array.isArray(entry)) return entry;
        const { key, value, format } = entry;
        return [key, format === 'base64' && value !== null ? { base64: value } : value];
      })
    : Object.entries(input);
  return pairs.map(([key, value], i) => {
    const at = `${field}.${i}`;
    checkText(key, at);
    if (value === null) return { key, value };
    return { key, value: typeof value === 'string' ? utf8(value, at) : fromBase64(value.base64, at) };
  });
}

/** Half a character has no UTF-8: encoders write U+FFFD for it, which would change the data without a word. */
function checkText(text: string, field: string): void {
  if (LONE_SURROGATE.test(text)) throw refused(field, 'must not hold half a surrogate pair');
}

function utf8(text: string, field: string): Uint8Array {
  checkText(text, field);
  return Buffer.from(text, 'utf8');
}

function fromBase64(text: string, field: string): Uint8Array {
  if (!BASE64.test(text)) throw refused(field, 'must be base64 with padding');
  return Buffer.from(text, 'base64');
}

function refused(field: string, reason: string): KafkaManagerError {
  return new KafkaManagerError('VALIDATION_ERROR', `The request is not valid: "${field}".`, {
    details: { [field]: reason },
  });
}
