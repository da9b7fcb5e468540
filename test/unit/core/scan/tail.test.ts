import assert from 'node:assert/strict';
import type { ConsumedRecord } from '../../../../src/core/kafkaTypes';
import type { ScanProblem } from '../../../../src/core/scan/query';
import { tail } from '../../../../src/core/scan/tail';
import { FakeRecordSource } from '../../../support/fakeRecordSource';
import { until } from '../../../support/until';
import { names, readAll } from './readAll';

function twoPartitions(): FakeRecordSource {
  const source = new FakeRecordSource();
  for (const partition of [0, 1]) {
    source.addPartition(partition, []);
    source.append(partition, [{ timestamp: 10 + partition, value: 'old' }]);
  }
  return source;
}

describe('tail', () => {
  it('hands out what comes after its start, and ends when aborted with a position that has no gap', async () => {
    const source = twoPartitions();
    const abort = new AbortController();
    const pages = tail(source, { topic: 'orders' }, { signal: abort.signal });
    const first = pages.next();
    await until(() => source.fetches.length > 0, { deadlineMs: 2000, what: 'the first fetch' });
    source.append(1, [{ timestamp: 21, value: 'a' }]);
    assert.deepEqual(names((await first).value as ConsumedRecord[]), ['1:1']);
    const second = pages.next();
    source.append(0, [{ timestamp: 30 }], 'control');
    source.append(0, [{ timestamp: 31, value: 'b' }]);
    assert.deepEqual(names((await second).value as ConsumedRecord[]), ['0:2']);
    const last = pages.next();
    abort.abort();
    const end = await last;
    assert.ok(end.done);
    assert.equal(end.value.stopReason, 'cancelled');
    assert.equal(end.value.matched, 2);
    const { position } = end.value;
    assert.deepEqual(
      [...position.partitions],
      [
        [0, { next: 3, end: 3 }],
        [1, { next: 2, end: 2 }],
      ],
    );

    source.append(0, [{ timestamp: 40, value: 'c' }]);
    const resumed = tail(
      source,
      { topic: 'orders', from: { at: 'position', position } },
      { signal: AbortSignal.timeout(300) },
    );
    assert.deepEqual(names((await readAll(resumed)).records), ['0:3']);
  });

  it('begins with what is there already where asked to', async () => {
    const source = twoPartitions();
    const abort = new AbortController();
    const pages = tail(source, { topic: 'orders', from: { at: 'last', count: 1 } }, { signal: abort.signal });
    assert.deepEqual(names((await pages.next()).value as ConsumedRecord[]), ['1:0']);
    source.append(0, [{ timestamp: 50 }]);
    assert.deepEqual(names((await pages.next()).value as ConsumedRecord[]), ['0:1']);
    abort.abort();
    assert.ok((await pages.next()).done);
  });

  it('filters, and gets on over what the filter keeps back', async () => {
    const source = twoPartitions();
    const abort = new AbortController();
    const filter = { kind: 'contains', bytes: Buffer.from('gold') } as const;
    const pages = tail(source, { topic: 'orders', filter }, { signal: abort.signal });
    const first = pages.next();
    await until(() => source.fetches.length > 0, { deadlineMs: 2000, what: 'the first fetch' });
    source.append(0, [{ timestamp: 1, value: 'lead' }]);
    source.append(0, [{ timestamp: 2, value: 'gold' }]);
    assert.deepEqual(names((await first).value as ConsumedRecord[]), ['0:2']);
    const last = pages.next();
    abort.abort();
    const end = await last;
    assert.ok(end.done);
    assert.deepEqual([end.value.scanned, end.value.matched], [2, 1]);
  });

  it('makes its filter ready once for both parts', async () => {
    let made = 0;
    const filter = {
      kind: 'contains',
      get bytes() {
        made += 1;
        return Buffer.from('old');
      },
    } as const;
    const query = { topic: 'orders', from: { at: 'beginning' }, filter } as const;
    const { records } = await readAll(tail(twoPartitions(), query, { waitMs: 20, maxWaitMs: 10 }));
    assert.equal(records.length, 2);
    assert.equal(made, 1);
  });

  it('goes on at the beginning of a topic that was made anew, and tells of it at once', async () => {
    const source = twoPartitions();
    const problems: string[] = [];
    const abort = new AbortController();
    const pages = tail(
      source,
      { topic: 'orders' },
      { signal: abort.signal, maxWaitMs: 20, onProblem: (p) => problems.push(p.message) },
    );
    const first = pages.next();
    await until(() => source.fetches.length > 0, { deadlineMs: 2000, what: 'the first fetch' });
    source.addPartition(0, []);
    await until(() => problems.length > 0, { deadlineMs: 2000, what: 'the problem' });
    source.append(0, [{ timestamp: 1, value: 'new' }]);
    assert.deepEqual(names((await first).value as ConsumedRecord[]), ['0:0']);
    assert.match(problems[0]!, /made anew/);
    abort.abort();
    assert.ok((await pages.next()).done);
  });

  it('does so too where the new topic has as many records', async () => {
    const source = twoPartitions();
    const abort = new AbortController();
    const problems: string[] = [];
    const options = { signal: abort.signal, onProblem: (p: ScanProblem) => problems.push(p.message) };
    const pages = tail(source, { topic: 'orders' }, options);
    source.beforeFetch = (count) => {
      if (count === 1) source.recreated.add(0);
    };
    const { value } = await pages.next();
    const end = source.log.get(0)!.highWatermark;
    assert.deepEqual(
      (value as ConsumedRecord[]).map(({ partition, offset }) => [partition, offset]),
      Array.from({ length: end }, (_, offset) => [0, offset]),
    );
    assert.deepEqual(problems, [
      `The topic was deleted and made anew while partition 0 was read, at offset ${end}.`,
    ]);
    abort.abort();
    assert.ok((await pages.next()).done);
  });

  it('asks less often where the source answers at once with nothing', async () => {
    const source = twoPartitions();
    source.impatient = true;
    await readAll(tail(source, { topic: 'orders' }, { signal: AbortSignal.timeout(400), maxWaitMs: 100 }));
    assert.ok(source.fetches.length < 20, `${source.fetches.length} fetches in 400 ms`);
  });
});
