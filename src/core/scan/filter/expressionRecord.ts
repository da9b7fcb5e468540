import type { RecordRows } from '../recordRows';
import { type Json, jsonOf, textOf } from './fieldJson';

/** What an expression can ask of a record, and the CEL types of it. */
export const recordFieldTypes = {
  key: 'dyn',
  value: 'dyn',
  keyAsText: 'string',
  valueAsText: 'string',
  headers: 'map<string, dyn>',
  partition: 'int',
  offset: 'int',
  timestampMs: 'int',
};

/** A record as CEL expressions see it, under the names that Kafbat UI's filters have. Nothing is decoded before it is asked for. */
export class ExpressionRecord {
  readonly #rows: RecordRows;
  readonly #row: number;

  constructor(rows: RecordRows, row: number) {
    this.#rows = rows;
    this.#row = row;
  }

  /** As `value`. */
  get key(): Json | Uint8Array {
    return shown(this.#rows.key(this.#row));
  }

  /** JSON where it is JSON (its numbers are doubles), else text, else bytes; null for a tombstone. */
  get value(): Json | Uint8Array {
    return shown(this.#rows.value(this.#row));
  }

  /** As `valueAsText`. */
  get keyAsText(): string | undefined {
    return this.#rows.key(this.#row)?.toString('utf8');
  }

  /** Text with U+FFFD for what is not UTF-8; not there for a tombstone, so that what asks for it doesn't match. */
  get valueAsText(): string | undefined {
    return this.#rows.value(this.#row)?.toString('utf8');
  }

  /** Texts by key, null for null; of several headers with one key the last one counts. */
  get headers(): Map<string, string | null> {
    return new Map(
      this.#rows
        .headers(this.#row)
        .map(({ key, value }) => [key, value && Buffer.from(value).toString('utf8')]),
    );
  }

  get partition(): bigint {
    return BigInt(this.#rows.partition);
  }

  get offset(): bigint {
    return BigInt(this.#rows.offset(this.#row));
  }

  /** ms since 1970; -1 where the record has none. */
  get timestampMs(): bigint {
    return BigInt(this.#rows.timestamp(this.#row));
  }
}

function shown(bytes: Buffer | null): Json | Uint8Array {
  if (bytes === null) return null;
  const json = jsonOf(bytes);
  return json === undefined ? (textOf(bytes) ?? bytes) : json;
}
