import assert from 'node:assert/strict';
import type { ConsumedRecord } from '../../src/core/kafkaTypes';
import { decodePosition, encodePosition } from '../../src/core/scan/position';
import type { ScanQuery, ScanStart, ScanSummary } from '../../src/core/scan/query';
import type { RecordSource } from '../../src/core/scan/recordSource';
import { scan } from '../../src/core/scan/scan';

/** What our readers, Kafka's own consumer and kcat all tell of a record. */
export type Comparable = Pick<ConsumedRecord, 'partition' | 'offset' | 'timestamp' | 'key' | 'value'>;

/** Each record in one line, byte for byte. */
export function lines(records: readonly Comparable[]): string[] {
  const bytes = (part: Uint8Array | null): string =>
    part === null ? 'null' : JSON.stringify(Buffer.from(part).toString('latin1'));
  return records.map(
    ({ partition, offset, timestamp, key, value }) =>
      `${partition}:${offset} ${timestamp} ${bytes(key)}=${bytes(value)}`,
  );
}

/** The order of a scan from the oldest on, where timestamps don't go down inside of the partitions (merge.ts). */
export function inOrder<T extends Comparable>(records: readonly T[]): T[] {
  return [...records].sort(
    (a, b) => a.timestamp - b.timestamp || a.partition - b.partition || a.offset - b.offset,
  );
}

/** The records as they are or turned round, by direction. */
export function turned<T>(records: readonly T[], direction: 'oldest' | 'newest'): T[] {
  return direction === 'oldest' ? [...records] : [...records].reverse();
}

/** A position as it comes back from the user. */
export function resume({ position }: ScanSummary): ScanStart {
  return { at: 'position', position: decodePosition(encodePosition(position)) };
}

/** Scans of one source, with what every one of them has to hold to. */
export class TopicReads {
  readonly #source: RecordSource;

  constructor(source: RecordSource) {
    this.#source = source;
  }

  /** One scan to its end. */
  async once(query: ScanQuery): Promise<{ records: ConsumedRecord[]; summary: ScanSummary }> {
    const pages = scan(this.#source, query);
    const records: ConsumedRecord[] = [];
    for (;;) {
      const step = await pages.next();
      if (step.done) return { records, summary: step.value };
      assert.ok(step.value.length > 0 && step.value.length <= 500, `a page of ${step.value.length}`);
      records.push(...step.value);
    }
  }

  /** Reads both ways; finds exactly these records, given oldest first, and no problem. */
  async bothWays(query: Omit<ScanQuery, 'direction'>, expected: readonly Comparable[]): Promise<void> {
    for (const direction of ['oldest', 'newest'] as const) {
      const { records, summary } = await this.once({ ...query, direction });
      assert.deepEqual(lines(records), lines(turned(expected, direction)));
      const { stopReason, problems, matched } = summary;
      assert.deepEqual(
        { stopReason, problems, matched },
        { stopReason: 'end', problems: [], matched: expected.length },
      );
    }
  }

  /** Turns pages as a user does, each by the token of the one before, until the end. */
  async paged(query: ScanQuery): Promise<ConsumedRecord[]> {
    const found: ConsumedRecord[] = [];
    for (let from = query.from; ;) {
      const { records, summary } = await this.once({ ...query, from });
      found.push(...records);
      if (summary.stopReason === 'end') return found;
      assert.ok(records.length > 0 && records.length <= (query.limit ?? Infinity), `${records.length}`);
      from = resume(summary);
    }
  }
}
