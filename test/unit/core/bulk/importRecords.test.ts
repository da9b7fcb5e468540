import assert from 'node:assert/strict';
import { importRecords, type ImportOptions } from '../../../../src/core/bulk/importRecords';
import type { ProduceRecord } from '../../../../src/core/kafkaTypes';

async function read(file: string | Uint8Array, options: Partial<ImportOptions> = {}, chunkBytes = 1 << 20) {
  const bytes = Buffer.from(file as string);
  const chunks: Uint8Array[] = [];
  for (let i = 0; i < bytes.length; i += chunkBytes) chunks.push(bytes.subarray(i, i + chunkBytes));
  const records: ProduceRecord[] = [];
  const lines: number[] = [];
  const onLine = (line: number): void => void lines.push(line);
  let error: unknown;
  try {
    for await (const record of importRecords(chunks, { topic: 't', onLine, ...options }))
      records.push(record);
  } catch (caught) {
    error = caught;
  }
  return { records, values: records.map(({ value }) => Buffer.from(value ?? []).toString()), lines, error };
}

const line = (value: string): string => JSON.stringify({ value });

describe('importRecords', () => {
  it('reads CR LF, empty lines, a byte order mark and a last line without an end, in chunks of any size', async () => {
    const file = `\uFEFF${line('ä')}\r\n\n\r\n${line('€😀')}\n${line('c')}`;
    for (const chunkBytes of [1, 2, 3, 5, 100]) {
      const { values, lines, error } = await read(file, {}, chunkBytes);
      assert.deepEqual([values, lines, error], [['ä', '€😀', 'c'], [1, 4, 5], undefined]);
    }
    assert.deepEqual((await read('')).records, []);
    assert.deepEqual((await read('\uFEFF\r\n')).records, []);
  });

  it('keeps partition and timestamp where asked to, and the offset never', async () => {
    const file = '{"value":null,"partition":2,"offset":9,"timestamp":5}\n{"value":null,"timestamp":null}\n';
    const bare = { topic: 't', key: null, value: null, headers: [] };
    assert.deepEqual((await read(file)).records, [bare, bare]);
    const kept = await read(file, { keepPartition: true, keepTimestamp: true });
    assert.deepEqual(kept.records, [
      { ...bare, partition: 2, timestamp: 5 },
      { ...bare, timestamp: -1 },
    ]);
  });

  it('does not mind chunks that share their memory', async () => {
    const file = Buffer.from(['first', 'second', 'third'].map((value) => `${line(value)}\n`).join(''));
    const shared = Buffer.alloc(7);
    function* chunks(): Generator<Uint8Array> {
      for (let i = 0; i < file.length; i += shared.length) yield shared.subarray(0, file.copy(shared, 0, i));
    }
    const values: string[] = [];
    for await (const { value } of importRecords(chunks(), { topic: 't' }))
      values.push(Buffer.from(value!).toString());
    assert.deepEqual(values, ['first', 'second', 'third']);
  });

  it('names the line that is wrong, after the records before it', async () => {
    const { values, error } = await read(`${line('a')}\n\n${line('b')}\n{"value"}\n${line('c')}\n`);
    assert.deepEqual(values, ['a', 'b']);
    assert.deepEqual((error as { details: unknown }).details, { line: 4 });
  });

  it('refuses what is not UTF-8 rather than change it', async () => {
    const { error } = await read(Buffer.from(`${line('a')}\n{"value":"\xff"}\n`, 'latin1'));
    assert.match(String(error), /Line 2 is not UTF-8/);
  });

  it('refuses a line that is too long before all of it has come', async () => {
    let taken = 0;
    async function* endless() {
      yield Buffer.from(`${line('a')}\n{"value":"`);
      for (; taken < 1000; taken++) yield Buffer.alloc(100, 'x');
    }
    const records = importRecords(endless(), { topic: 't', maxLineBytes: 1000 });
    assert.equal((await records.next()).done, false);
    await assert.rejects(records.next(), {
      code: 'VALIDATION_ERROR',
      message: /Line 2 is longer than 1000 bytes/,
    });
    assert.ok(taken < 12, `${taken} chunks were read`);
  });

  it('lets others work while it reads one large chunk', async () => {
    const file = Buffer.from(`${line('x'.repeat(150))}\n`.repeat(200_000));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const began = performance.now();
    let count = 0;
    for await (const record of importRecords([file], { topic: 't' })) if (record.value) count++;
    clearInterval(timer);
    assert.equal(count, 200_000);
    // A busy machine may hold up a single turn; on average one lasts 10 ms.
    const average = (performance.now() - began) / turns;
    assert.ok(average < 25, `a turn every ${average} ms`);
  });
});
