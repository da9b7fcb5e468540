import assert from 'node:assert/strict';
import type { ConsumedRecord } from '../../../src/core/kafkaTypes';
import type { ScanQuery, ScanSummary } from '../../../src/core/scan/query';
import type { KcatRecord } from '../real/tools';
import { lines, type TopicReads } from '../topicReads';
import { type NaiveAnswer, naiveAnswer } from './naiveAnswer';
import type { TopicDump } from './topicDump';

/** A header costs its bytes, and up to so many for its lengths. */
const HEADER_LENGTHS = 10;

type Readable = Pick<KcatRecord, 'partition' | 'offset' | 'timestamp' | 'key' | 'value'> & {
  readonly headers: string;
};

/** Fails where a scan gives something else than the naive model, at once or page by page. */
export async function checkQuery(
  reads: TopicReads,
  topic: TopicDump,
  query: ScanQuery,
  pageLimit: number | undefined,
): Promise<void> {
  const answer = naiveAnswer(topic, query);
  const { records, summary } = await reads.once(query);
  checkRecords(records, answer, query);
  checkSummary(summary, answer, query, records.length);
  if (pageLimit === undefined) return;
  const { topic: name, from, to, partitions, direction, isolation, filter } = query;
  const unbound = { topic: name, from, to, partitions, direction, isolation, filter } as ScanQuery;
  const paged = await reads.paged({ ...unbound, limit: pageLimit });
  checkRecords(paged, answer, unbound);
}

function checkRecords(records: readonly ConsumedRecord[], answer: NaiveAnswer, query: ScanQuery): void {
  const { limit = Infinity, maxBytes = Infinity } = query;
  const expected = answer.records.slice(0, limit);
  const count = maxBytes === Infinity ? expected.length : records.length;
  const found = told(records.map((record) => ({ ...fieldsOf(record), headers: headersAsText(record) })));
  if (records.length !== count) {
    const wanted = told(expected);
    const missing = wanted.filter((line) => !found.includes(line));
    const extra = found.filter((line) => !wanted.includes(line));
    const lists = `missing:\n${missing.join('\n')}\ntoo much:\n${extra.join('\n')}`;
    assert.fail(`${records.length} records instead of ${count}; ${lists.slice(0, 5000)}`);
  }
  if (answer.isExact) {
    assert.deepEqual(found, told(expected.slice(0, count)));
  } else {
    const isLast = query.from.at === 'last';
    for (const partition of new Set(answer.records.map((record) => record.partition))) {
      const prefix = `${partition}:`;
      const here = found.filter((line) => line.startsWith(prefix));
      const all = told(answer.records).filter((line) => line.startsWith(prefix));
      // Which of the last N count is not fixed then, only that they are neighbours; that is checked by their order.
      if (!isLast) assert.deepEqual(here, count === answer.records.length ? all : all.slice(0, here.length));
    }
    assert.equal(new Set(found).size, found.length, 'a record came twice');
  }
  if (maxBytes !== Infinity && answer.isExact) checkBytes(expected, count, maxBytes);
}

/** So many records are within the bytes, and one more would not have been. */
function checkBytes(expected: readonly KcatRecord[], count: number, maxBytes: number): void {
  if (expected.length > 0) assert.ok(count > 0, 'one record always comes');
  const sum = (records: readonly KcatRecord[], slack: number): number =>
    records.reduce((bytes, record) => bytes + leastSize(record) + slack * headerBytes(record), 0);
  if (count > 1) assert.ok(sum(expected.slice(0, count), 0) <= maxBytes, 'more bytes than asked for');
  if (count >= expected.length) return;
  const more = sum(expected.slice(0, count + 1), HEADER_LENGTHS);
  assert.ok(more > maxBytes, `another record fits: ${more} of ${maxBytes} bytes`);
}

function checkSummary(
  { stopReason, matched, scanned, problems }: ScanSummary,
  { records, visible, startsGone }: NaiveAnswer,
  { limit = Infinity, from }: ScanQuery,
  count: number,
): void {
  assert.equal(matched, count);
  assert.equal(problems.length, startsGone, JSON.stringify(problems));
  if (count < records.length) assert.notEqual(stopReason, 'end');
  // Behind the last record that counts, others may be left that nobody looked at.
  else if (count !== limit) assert.equal(stopReason, 'end');
  if (stopReason === 'end' && from.at !== 'last' && count !== limit) assert.equal(scanned, visible);
}

function told(records: readonly Readable[]): string[] {
  const written = lines(records);
  return records.map(({ headers }, i) => `${written[i]!} [${headers}]`);
}

function fieldsOf({ partition, offset, timestamp, key, value }: ConsumedRecord): Omit<Readable, 'headers'> {
  const copy = (bytes: Uint8Array | null): Buffer | null => bytes && Buffer.from(bytes);
  return { partition, offset, timestamp, key: copy(key), value: copy(value) };
}

/** As kcat prints headers. */
function headersAsText({ headers }: ConsumedRecord): string {
  return headers
    .map(({ key, value }) => `${key}=${value === null ? 'NULL' : Buffer.from(value).toString()}`)
    .join(',');
}

function leastSize({ key, value }: KcatRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}

/** Bytes of the headers as kcat shows them: every header has two at least. */
function headerBytes({ headers }: KcatRecord): number {
  return headers === '' ? 0 : Buffer.byteLength(headers);
}
