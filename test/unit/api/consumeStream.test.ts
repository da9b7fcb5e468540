import assert from 'node:assert/strict';
import { ndjsonResponse, type StreamOptions } from '../../../src/api/consumeStream';
import { recordJson } from '../../../src/api/recordOutput';
import type { ConsumedRecord } from '../../../src/core/kafkaTypes';
import type { RecordPages } from '../../../src/core/scan/readOn';

const record = (value: Uint8Array, offset = 0): ConsumedRecord => ({
  partition: 0,
  offset,
  timestamp: 0,
  key: null,
  value,
  headers: [],
});

/** Pages that note whether they were let go of. */
function notingPages(records: readonly ConsumedRecord[]): { pages: RecordPages; state: { open: boolean } } {
  const state = { open: true };
  async function* read(): RecordPages {
    try {
      for (;;) yield await Promise.resolve(records);
    } finally {
      state.open = false;
    }
  }
  return { pages: read(), state };
}

describe('ndjsonResponse', () => {
  const options = (pages: RecordPages, more: Partial<StreamOptions>): StreamOptions => ({
    pages,
    line: () => '{}',
    summary: () => ({}),
    signal: new AbortController().signal,
    cancel: () => {},
    heartbeatMs: 1_000,
    requestId: 'r',
    now: () => 0,
    ...more,
  });

  it('lets go of its pages and says why where a record can not be shown', async () => {
    const { pages, state } = notingPages([record(Buffer.from('x'))]);
    let cancelled = 0;
    const line = (): string => {
      throw new RangeError('Invalid string length');
    };
    const response = await ndjsonResponse(options(pages, { line, cancel: () => cancelled++ }));
    const text = await response.text();
    assert.equal((JSON.parse(text) as { error: { code: string } }).error.code, 'INTERNAL_ERROR');
    assert.equal(state.open, false);
    assert.ok(cancelled > 0);
  });

  it('hands long lines on one by one', async () => {
    const { pages } = notingPages([0, 1, 2].map((i) => record(Buffer.from('x'), i)));
    const line = ({ offset }: ConsumedRecord): string => JSON.stringify('x'.repeat(300_000 + offset));
    const response = await ndjsonResponse(options(pages, { line }));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    for (const offset of [0, 1, 2]) {
      const { value } = await reader.read();
      assert.equal(value?.length, 300_003 + offset);
    }
    await reader.cancel();
  });
});

describe('recordJson', () => {
  it('shows text that could not be written as JSON as base64', () => {
    const value = new Uint8Array(90_000_000).fill(1);
    const text = recordJson('t', record(value), { value: 'text' });
    assert.ok(text.includes('"value_format":"base64"'));
    assert.ok(text.length < 121_000_000);
  });

  it('refuses a record that fits into no string, naming it', () => {
    const value = new Uint8Array(257 * 1024 * 1024);
    assert.throws(() => recordJson('t', record(value, 7), {}), {
      code: 'MESSAGE_TOO_LARGE',
      message: /offset 7 of partition 0/,
    });
  });
});
