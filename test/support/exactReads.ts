import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ConsumedRecord } from '../../src/core/kafkaTypes';
import type { ScanQuery, ScanSummary } from '../../src/core/scan/query';
import type { RecordSource } from '../../src/core/scan/recordSource';
import { scan } from '../../src/core/scan/scan';
import { countedSource } from './countedSource';
import type { FetchCounts } from './countedSource';
import { directions, text } from './scanWords';
import type { Comparable } from './topicReads';

/** A record as Kafka's own consumer tells it, headers too. */
export type ExactRecord = Comparable & Pick<ConsumedRecord, 'headers'>;

/** One read to the end. */
export interface ExactRead {
  readonly records: readonly ConsumedRecord[];
  readonly summary: ScanSummary;
  readonly counts: FetchCounts;
}

/** Each record in one line, headers included; no order but that inside of the partitions. */
export function exactLines(records: readonly ExactRecord[]): string[] {
  return [...records].sort((a, b) => a.partition - b.partition).map(exactLine);
}

function exactLine({ partition, offset, timestamp, key, value, headers }: ExactRecord): string {
  const named = headers.map((header) => `${JSON.stringify(header.key)}=${exactBytes(header.value)}`);
  return `${partition}:${offset} ${timestamp} ${exactBytes(key)}=${exactBytes(value)} ${named.join()}`;
}

/** Long ones by their hash. */
function exactBytes(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null';
  if (bytes.length <= 1000) return JSON.stringify(Buffer.from(bytes).toString('latin1'));
  return `${bytes.length} bytes ${createHash('sha256').update(bytes).digest('hex')}`;
}

/** One scan to its end, and what it cost. */
export async function exactRead(source: RecordSource, query: ScanQuery): Promise<ExactRead> {
  const counted = countedSource(source);
  const records: ConsumedRecord[] = [];
  const pages = scan(counted.source, query);
  for (;;) {
    const step = await pages.next();
    if (step.done) return { records, summary: step.value, counts: counted.counts };
    records.push(...step.value);
  }
}

/**
 * Reads to the end oldest first and newest first. In each partition exactly these records come, in their order or in the
 * reverse of it, without a problem. Nor does the engine go round in circles: no more than two answers bring nothing, and
 * the bytes that newest first takes are few times those of oldest first.
 * @param expected per partition in offset order, as dumps are
 */
export async function readsExactly(
  source: RecordSource,
  query: Omit<ScanQuery, 'direction' | 'from'>,
  expected: readonly ExactRecord[],
): Promise<readonly ExactRead[]> {
  const reads: ExactRead[] = [];
  for (const direction of directions) {
    const read = await exactRead(source, { from: { at: 'beginning' }, ...query, direction });
    const wanted = direction === 'oldest' ? expected : [...expected].reverse();
    sameLines(exactLines(read.records), exactLines(wanted), `${query.topic}, ${direction} first`);
    const { stopReason, problems, matched } = read.summary;
    assert.deepEqual(
      { stopReason, problems, matched },
      { stopReason: 'end', problems: [], matched: expected.length },
    );
    assert.ok(read.counts.idle <= 2, `${read.counts.idle} of ${read.counts.rounds} answers were empty`);
    reads.push(read);
  }
  const [oldest, newest] = reads.map(({ counts }) => counts);
  assert.ok(
    newest!.bytes <= 4 * oldest!.bytes + 4 * oldest!.largest,
    `${newest!.bytes} bytes came newest first, ${oldest!.bytes} oldest first`,
  );
  return reads;
}

/** deepEqual whose message stays readable for records of megabytes. */
function sameLines(actual: readonly string[], expected: readonly string[], what: string): void {
  const at = actual.findIndex((line, i) => line !== expected[i]);
  const first = at < 0 && actual.length < expected.length ? actual.length : at;
  if (first < 0) return;
  const show = (line: string | undefined): string => line?.slice(0, 200) ?? 'nothing';
  assert.fail(
    `${what}: ${actual.length} records came, ${expected.length} are there; at place ${first} came ` +
      `${show(actual[first])} instead of ${show(expected[first])}`,
  );
}

/** Bytes that no compression makes smaller, the same for the same seed. */
export function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = (seed + 1) * 2654435761;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** A record that differs from all others by its number, with some of what clients get wrong. */
export function oddRecord(i: number, writer: string) {
  return {
    key: i % 7 === 0 ? null : text(i % 11 === 0 ? '' : `${writer} ${i}`),
    value: i % 5 === 0 ? null : i % 13 === 0 ? text('') : text(`${i} äöü € `.repeat(1 + (i % 40))),
    headers:
      i % 3 === 0
        ? [
            { key: 'dup', value: text(`${i}`) },
            { key: 'dup', value: null },
            { key: 'ü €', value: Buffer.from([0xff, 0, i & 255]) },
          ]
        : [],
  };
}
