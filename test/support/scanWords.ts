import type { ScanStart } from '../../src/core/scan/query';

/** When the first record of the scanned topics was sent: an hour ago, in ms. */
export const hourAgo = Date.now() - 3_600_000;

/** The start of a scan at the first record. */
export const beginning = { at: 'beginning' } as const satisfies ScanStart;

/** Both ways to read a topic. */
export const directions = ['oldest', 'newest'] as const;

/** The bytes of a text. */
export function text(value: string): Buffer {
  return Buffer.from(value);
}

/** So many numbers that follow each other. */
export function range(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** The start of a scan so many records before the end. */
export function last(count: number) {
  return { at: 'last', count } as const satisfies ScanStart;
}

/** The start or the end of a scan at an offset: of all partitions, or of each one. */
export function offset(at: number | ReadonlyMap<number, number>) {
  return { at: 'offset', offset: at } as const satisfies ScanStart;
}

/** Nothing but the offsets of records. */
export function offsetsOf(records: readonly { readonly offset: number }[]): number[] {
  return records.map((record) => record.offset);
}
