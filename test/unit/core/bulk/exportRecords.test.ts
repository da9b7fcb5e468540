import assert from 'node:assert/strict';
import { exportRecords } from '../../../../src/core/bulk/exportRecords';
import type { ConsumedRecord } from '../../../../src/core/kafkaTypes';

const page = (count: number, valueBytes: number): ConsumedRecord[] =>
  Array.from({ length: count }, (_, offset) => ({
    partition: 0,
    offset,
    timestamp: 1,
    key: null,
    value: Buffer.alloc(valueBytes, 'v'),
    headers: [],
  }));

describe('exportRecords', () => {
  it('hands out chunks of whole lines and returns what the pages return', async () => {
    const exported = exportRecords(
      (async function* () {
        for (let i = 0; i < 10; i++) yield page(500, 100);
        return 'the summary';
      })(),
    );
    let lines = 0;
    const sizes: number[] = [];
    for (;;) {
      const next = await exported.next();
      if (next.done) {
        assert.equal(next.value, 'the summary');
        break;
      }
      const text = Buffer.from(next.value).toString();
      assert.ok(text.endsWith('\n'));
      lines += text.split('\n').length - 1;
      sizes.push(text.length);
    }
    assert.equal(lines, 5_000);
    for (const size of sizes.slice(0, -1)) assert.ok(size >= 65_536 && size < 66_000, `${size}`);
  });

  it('ends the reading when its reader goes away', async () => {
    let ended = false;
    const pages = (async function* () {
      try {
        for (;;) yield page(500, 1000);
      } finally {
        ended = true;
      }
    })();
    for await (const chunk of exportRecords(pages)) if (chunk.length > 0) break;
    assert.equal(ended, true);
  });

  it('hands out what came before a failure, then fails', async () => {
    const exported = exportRecords(
      (async function* () {
        yield page(1, 1);
        throw new Error('broken');
      })(),
    );
    assert.match(Buffer.from((await exported.next()).value).toString(), /"value":"v"/);
    await assert.rejects(exported.next(), /broken/);
  });
});
