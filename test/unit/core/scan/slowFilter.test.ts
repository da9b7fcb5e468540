import assert from 'node:assert/strict';
import { compileFilter } from '../../../../src/core/scan/filter/compileFilter';
import { RecordStore } from '../../../../src/core/scan/recordStore';
import { scan } from '../../../../src/core/scan/scan';
import { tail } from '../../../../src/core/scan/tail';
import { FakeRecordSource } from '../../../support/fakeRecordSource';
import { until } from '../../../support/until';
import { readAll } from './readAll';

const COUNT = 120;
/** Takes some ms to say whether it ends with c. */
const filter = { kind: 'regex', source: '^(a+)+$|c$' } as const;
const slow = (end: string): string => `${'a'.repeat(18)}b${end}`;

function filled(value: string): FakeRecordSource {
  const source = new FakeRecordSource();
  source.addPartition(0, []);
  source.append(
    0,
    Array.from({ length: COUNT }, (_, timestamp) => ({ timestamp, value })),
  );
  return source;
}

/** How often others got their turn while `work` ran. */
async function turnsDuring(work: () => Promise<void>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const tick = (): void => {
    turns += 1;
    if (!isOver) setImmediate(tick);
  };
  setImmediate(tick);
  try {
    await work();
  } finally {
    isOver = true;
  }
  return turns;
}

describe('reading with a slow filter', () => {
  for (const direction of ['oldest', 'newest'] as const) {
    it(`leaves the event loop to others, also where each record is a hit (${direction} first)`, async () => {
      const source = filled(slow('c'));
      const turns = await turnsDuring(async () => {
        const { records } = await readAll(
          scan(source, { topic: 'orders', from: { at: 'beginning' }, direction, filter }),
        );
        assert.equal(records.length, COUNT);
      });
      assert.ok(turns > 6, `${turns} turns`);
    });
  }

  it('leaves the event loop to others while kept records are searched', async () => {
    const store = new RecordStore();
    const { records } = await readAll(
      scan(filled(slow('c')), { topic: 'orders', from: { at: 'beginning' } }),
    );
    store.append(records);
    const compiled = await compileFilter(filter);
    const turns = await turnsDuring(async () => {
      let hits = 0;
      for await (const { rows } of store.find(compiled)) hits += rows.length;
      assert.equal(hits, COUNT);
    });
    assert.ok(turns > 6, `${turns} turns`);
  });

  it('ends a tail that is told to while it looks through an answer, with an exact position', async () => {
    const source = new FakeRecordSource();
    source.addPartition(0, []);
    const abort = new AbortController();
    const fetch = source.fetch.bind(source);
    source.fetch = async (...request) => {
      const fetched = await fetch(...request);
      // At the first turn that is passed on.
      if (fetched.some(({ batches }) => batches.length > 0)) setImmediate(() => abort.abort());
      return fetched;
    };
    const end = tail(source, { topic: 'orders', filter }, { signal: abort.signal }).next();
    await until(() => source.fetches.length > 0, { deadlineMs: 2_000, what: 'the first fetch' });
    source.append(
      0,
      Array.from({ length: COUNT }, (_, timestamp) => ({ timestamp, value: slow('') })),
    );
    const { done, value } = await end;
    assert.ok(done);
    assert.equal(value.stopReason, 'cancelled');
    assert.ok(value.scanned < COUNT, `${value.scanned} records`);
    assert.equal(value.position.partitions.get(0)?.next, value.scanned);
  });
});
