import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileFilter } from '../../../../src/core/scan/filter/compileFilter';
import { RecordView } from '../../../../src/core/scan/recordRows';
import { RecordStore } from '../../../../src/core/scan/recordStore';
import type { FindOptions } from '../../../../src/core/scan/recordStoreFind';
import { plainRecord, type PlainRecord, rowsOf } from '../../../support/rowsOf';

/** The records of a batch as a scan hands them out. */
function views(partition: number, records: readonly PlainRecord[]): RecordView[] {
  const rows = rowsOf(partition, records);
  return records.map((_, row) => new RecordView(rows, row));
}

/** Records with values such as "value 7", the first offset being `first`. */
function numbered(count: number, first = 0): PlainRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    offset: first + i,
    timestamp: 1000 + first + i,
    key: i % 3 === 0 ? null : `key ${first + i}`,
    value: i % 5 === 4 ? null : `value ${first + i}`,
    headers:
      i % 4 === 0
        ? [
            { key: 'h', value: `header ${i}` },
            { key: 'h', value: null },
          ]
        : [],
  }));
}

const text = async (contains: string) => compileFilter({ kind: 'contains', bytes: Buffer.from(contains) });

async function found(store: RecordStore, contains: string, options: FindOptions = {}): Promise<number[]> {
  const hits: number[] = [];
  for await (const { rows } of store.find(await text(contains), options)) hits.push(...rows);
  return hits;
}

function kept(store: RecordStore): unknown[] {
  return Array.from({ length: store.length }, (_, i) => plainRecord(store.row(store.first + i)!));
}

describe('RecordStore', () => {
  it('keeps whole records in the order of their arrival, with bytes of their own', () => {
    const [a, b] = [views(0, numbered(300)), views(7, numbered(300, 5000))];
    const page = a.flatMap((record, i) => [record, b[i]!]);
    const before = page.map(plainRecord).map((record) => structuredClone(record));
    const store = new RecordStore();
    store.append(page);
    for (const { rows } of [a[0]!, b[0]!]) rows.bytes.fill(0);
    assert.deepEqual(
      kept(store).map((record) => structuredClone(record)),
      before,
    );
    assert.equal(store.length, 600);
  });

  it('keeps a few records of a batch without the others', () => {
    const store = new RecordStore();
    const some = views(
      1,
      numbered(1000).map((record) => ({ ...record, value: 'x'.repeat(1000) })),
    );
    store.append([some[3]!, some[500]!, some[501]!, some[999]!]);
    assert.deepEqual(
      kept(store),
      [3, 500, 501, 999].map((i) => plainRecord(some[i]!)),
    );
    assert.ok(store.bytes < 10_000, `${store.bytes}`);
  });

  it('puts small pages together, and takes pages newest first', () => {
    const store = new RecordStore();
    const records = views(2, numbered(2000)).reverse();
    for (const record of records) store.append([record]);
    assert.deepEqual(kept(store), records.map(plainRecord));
    assert.ok(store.bytes < 2000 * 150, `${store.bytes}`);
  });

  it('drops the oldest rows, counts them, and keeps the numbers of the others', () => {
    for (const options of [{ maxRows: 1000 }, { maxBytes: 100_000 }]) {
      const store = new RecordStore(options);
      for (let i = 0; i < 5000; i += 250) {
        store.append(views(0, numbered(250, i)));
        assert.ok(
          store.length <= (options.maxRows ?? Infinity) && store.bytes <= (options.maxBytes ?? Infinity),
        );
      }
      assert.equal(store.end, 5000);
      assert.equal(store.dropped, store.first);
      assert.ok(store.length >= 500 && store.first > 0);
      assert.equal(store.row(store.first - 1), undefined);
      assert.equal(store.row(5000), undefined);
      for (const number of [store.first, 4321, 4999]) assert.equal(store.row(number)!.offset, number);
      store.clear();
      assert.deepEqual([store.length, store.bytes, store.first, store.end], [0, 0, 5000, 5000]);
    }
  });

  it('always keeps the newest page, however large', () => {
    const store = new RecordStore({ maxBytes: 1000 });
    store.append(views(0, [{ offset: 0, timestamp: 1, value: 'x'.repeat(100_000) }]));
    assert.equal(store.length, 1);
  });

  it('finds rows by their numbers, both ways, within a range and up to a limit', async () => {
    const store = new RecordStore();
    const [a, b] = [views(0, numbered(3000)), views(1, numbered(3000, 10_000))];
    for (let i = 0; i < 3000; i += 100) {
      store.append(Array.from({ length: 200 }, (_, k) => (k % 2 ? b : a)[i + (k >> 1)]!));
    }
    const expected = Array.from({ length: 6000 }, (_, n) => n).filter((n) =>
      [store.row(n)!.key, store.row(n)!.value].some((field) => field?.includes('77')),
    );
    assert.ok(expected.length > 50);
    assert.deepEqual(await found(store, '77'), expected);
    assert.deepEqual(await found(store, '77', { order: 'descending' }), expected.toReversed());
    assert.deepEqual(await found(store, '77', { limit: 7 }), expected.slice(0, 7));
    const inside = expected.filter((n) => n >= 1001 && n < 4001);
    assert.deepEqual(await found(store, '77', { from: 1001, to: 4001 }), inside);
    const backward = await found(store, '77', { from: 1001, to: 4001, order: 'descending', limit: 9 });
    assert.deepEqual(backward, inside.toReversed().slice(0, 9));
    assert.deepEqual(await found(store, 'nowhere'), []);
    assert.equal(
      (await found(store, 'e')).length,
      Array.from({ length: 6000 }, (_, n) => store.row(n)!).filter((r) => r.key ?? r.value).length,
    );
  });

  it('leaves the event loop to others, and ends when it is told to', async () => {
    const store = new RecordStore();
    for (let i = 0; i < 50_000; i += 500) store.append(views(0, numbered(500, i)));
    let turns = 0;
    const cancel = new AbortController();
    const slices = store.find(await text('value'), { signal: cancel.signal });
    assert.ok((await slices.next()).value!.scanned < 50_000);
    setImmediate(() => (turns += 1));
    await slices.next();
    assert.equal(turns, 1);
    cancel.abort();
    await assert.rejects(slices.next(), { code: 'CANCELLED' });
  });

  it('goes on where rows are dropped during the search', async () => {
    for (const order of ['ascending', 'descending'] as const) {
      const store = new RecordStore({ maxRows: 20_000 });
      let next = 0;
      const add = (): void => store.append(views(0, numbered(500, (next += 500) - 500)));
      for (let i = 0; i < 40; i++) add();
      const hits: number[] = [];
      for await (const { rows } of store.find(await text('value'), { order })) {
        hits.push(...rows);
        for (let i = 0; i < 5; i++) add();
      }
      assert.equal(new Set(hits).size, hits.length);
      assert.ok(hits.every((n) => n < 20_000));
      assert.ok(hits.length > 5000);
    }
  });

  it('is a list with a cut head, whatever comes in', async () => {
    const page = fc.array(
      fc.record({ partition: fc.nat(3), text: fc.string({ maxLength: 12 }), none: fc.boolean() }),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(page, { maxLength: 12 }), fc.boolean(), async (pages, newest) => {
        const store = new RecordStore({ maxRows: 100 });
        const model: unknown[] = [];
        let offset = 0;
        for (const items of pages) {
          const batches = [0, 1, 2, 3].map((partition) =>
            views(
              partition,
              items
                .filter((item) => item.partition === partition)
                .map(({ text: value, none }) => ({
                  offset: offset++,
                  timestamp: offset,
                  value: none ? null : value,
                })),
            ),
          );
          const queues = batches.map((batch) => (newest ? batch.reverse() : batch));
          const records = items.map(({ partition }) => queues[partition]!.shift()!);
          store.append(records);
          model.push(...records.map(plainRecord));
        }
        assert.equal(store.end, model.length);
        assert.deepEqual(kept(store), model.slice(store.first));
        const hits = await found(store, 'a');
        const expected = model.flatMap((record, n) =>
          n >= store.first && (record as { value: Buffer | null }).value?.includes('a') ? [n] : [],
        );
        assert.deepEqual(hits, expected);
      }),
      { numRuns: 200 },
    );
  });
});
