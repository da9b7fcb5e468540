import type { RecordHeader } from '../kafkaTypes';
import { countMembers } from './countMembers';
import { lineError } from './lineError';

/** What a line says of a record. Of what it does not say, key is null and headers are none. */
export interface RecordLine {
  readonly partition: number | undefined;
  readonly offset: number | undefined;
  /** ms since 1970; -1 where it says that the record has none. */
  readonly timestamp: number | undefined;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

const LONE_SURROGATE = /[\uD800-\uDFFF]/u;
const MEMBERS: readonly string[] = ['partition', 'offset', 'timestamp', 'key', 'value', 'headers'];

/**
 * Reads a line that `formatRecordLine` or a person wrote. Only `value` has to be there (a forgotten value must not
 * become a tombstone). Strict where it could lose something else: unknown members, members that come twice, numbers
 * past 2^53, base64 with anything odd and halves of surrogate pairs are refused.
 * @param number of the line, from 1 on, for the error
 * @throws KafkaManagerError VALIDATION_ERROR with details.line and, where it is one, details.field
 */
export function parseRecordLine(text: string, number: number): RecordLine {
  const line = new LineMembers(number, parseObject(text, number));
  const record = {
    partition: line.integer('partition', 0, 0x7fff_ffff),
    offset: line.integer('offset', 0, Number.MAX_SAFE_INTEGER),
    timestamp: line.timestamp(),
    key: line.bytes(line.object['key'] ?? null, 'key'),
    value: line.bytes(line.object['value'], 'value'),
    headers: line.headers(),
  };
  if (countMembers(text) !== line.count) throw lineError(number, 'has a member that comes twice');
  return record;
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string, number: number): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    // The parser's sentence quotes from the line, which may hold a secret; its position is enough to find the place.
    const at = /at position \d+/.exec(cause instanceof Error ? cause.message : '')?.[0];
    throw lineError(number, `is not JSON${at ? `: error ${at}` : ''}`);
  }
  if (!isObject(parsed)) throw lineError(number, 'is not a JSON object');
  return parsed;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of a line, each checked as it is taken. */
class LineMembers {
  readonly object: JsonObject;
  /** Members of all objects that were found. */
  count: number;
  readonly #number: number;

  constructor(number: number, object: JsonObject) {
    this.#number = number;
    this.object = object;
    const names = Object.keys(object);
    this.count = names.length;
    for (const name of names) if (!MEMBERS.includes(name)) this.#refuse('is nothing that a record has', name);
    if (!names.includes('value')) this.#refuse('is missing; null is a tombstone', 'value');
  }

  integer(field: 'partition' | 'offset' | 'timestamp', least: number, most: number): number | undefined {
    const input = this.object[field];
    if (input === undefined) return undefined;
    if (typeof input === 'number' && Number.isSafeInteger(input) && input >= least && input <= most)
      return input;
    return this.#refuse(`must be a whole number from ${least} to ${most}`, field);
  }

  timestamp(): number | undefined {
    if (this.object['timestamp'] === null) return -1;
    return this.integer('timestamp', -1, Number.MAX_SAFE_INTEGER);
  }

  headers(): RecordHeader[] {
    const input = this.object['headers'] ?? [];
    if (!Array.isArray(input)) return this.#refuse('must be a list of [key, value] pairs', 'headers');
    return input.map((pair: unknown, i) => {
      const field = `headers.${i}`;
      if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string') {
        return this.#refuse('must be a pair of a key, which is a string, and a value', field);
      }
      return { key: this.#wellFormed(pair[0], field), value: this.bytes(pair[1], field) };
    });
  }

  bytes(input: unknown, field: string): Uint8Array | null {
    if (input === null) return null;
    if (typeof input === 'string') return Buffer.from(this.#wellFormed(input, field), 'utf8');
    const base64 = isObject(input) && Object.keys(input).length === 1 ? input['base64'] : undefined;
    if (typeof base64 !== 'string') return this.#refuse('must be a string, {"base64": "…"} or null', field);
    this.count += 1;
    const decoded = Buffer.from(base64, 'base64');
    if (decoded.toString('base64') !== base64) this.#refuse('must be base64 with padding', field);
    return decoded;
  }

  /** Half a character has no UTF-8: encoders write U+FFFD for it, which would change the data without a word. */
  #wellFormed(text: string, field: string): string {
    return LONE_SURROGATE.test(text) ? this.#refuse('must not hold half a surrogate pair', field) : text;
  }

  #refuse(reason: string, field: string): never {
    throw lineError(this.#number, reason, field);
  }
}
