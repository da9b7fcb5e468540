/** Most bytes of a preview. */
export const previewBytes = { key: 200, value: 420 } as const;

/** Bytes of a row in a chunk before the previews. */
export const rowBytes = 3 * 8 + 7 * 4;

/**
 * A chunk of rows as one ArrayBuffer that moves between threads without a copy (two to seven times quicker
 * than objects). Columns one behind the other, then the previews as UTF-8 bytes, cut between characters.
 */
export interface RowChunk {
  readonly length: number;
  /** Row numbers. */
  readonly row: Float64Array;
  readonly offset: Float64Array;
  /** ms since 1970; -1 where the record has none. */
  readonly timestamp: Float64Array;
  /** -1 where the row is not kept any more; the other columns say nothing then. */
  readonly partition: Int32Array;
  /** Bytes of key, value and headers. */
  readonly size: Int32Array;
  /** Number of headers. */
  readonly headers: Int32Array;
  /** Whole length in bytes; -1 for null. */
  readonly keyLength: Int32Array;
  readonly valueLength: Int32Array;
  /** Where the preview ends in `text`; it begins where the one before ends (key, value, key, value, …). */
  readonly keyEnd: Int32Array;
  readonly valueEnd: Int32Array;
  readonly text: Uint8Array;
}

/** The columns of a chunk with `length` rows in `buffer`. */
export function rowChunk(buffer: ArrayBuffer, length: number): RowChunk {
  const wide = (column: number): Float64Array => new Float64Array(buffer, column * 8 * length, length);
  const narrow = (column: number): Int32Array =>
    new Int32Array(buffer, (3 * 8 + column * 4) * length, length);
  return {
    length,
    row: wide(0),
    offset: wide(1),
    timestamp: wide(2),
    partition: narrow(0),
    size: narrow(1),
    headers: narrow(2),
    keyLength: narrow(3),
    valueLength: narrow(4),
    keyEnd: narrow(5),
    valueEnd: narrow(6),
    text: new Uint8Array(buffer, length * rowBytes),
  };
}

/** The previews of a row as text; null for null. */
export function previewsOf(chunk: RowChunk, index: number): { key: string | null; value: string | null } {
  const decoder = new TextDecoder();
  const keyFrom = index === 0 ? 0 : chunk.valueEnd[index - 1]!;
  const keyTo = chunk.keyEnd[index]!;
  const text = (from: number, to: number): string => decoder.decode(chunk.text.subarray(from, to));
  return {
    key: chunk.keyLength[index]! < 0 ? null : text(keyFrom, keyTo),
    value: chunk.valueLength[index]! < 0 ? null : text(keyTo, chunk.valueEnd[index]!),
  };
}
