import assert from 'node:assert/strict';
import * as z from 'zod';
import { createApp } from '../../../src/api/app';
import { addRoute } from '../../../src/api/route';
import { validateEntries } from '../../../src/api/validate';
import { messageSchema } from '../../../src/contract/rest/produce';
import type { ProduceOptions } from '../../../src/core/kafkaTypes';
import { fakeManagers, type FakeManagers } from '../../support/fakeManagers';

describe('REST API: time', () => {
  let managers: FakeManagers;
  beforeEach(async () => {
    managers = await fakeManagers();
  });
  afterEach(() => managers.dispose());

  it('ends every handler at the deadline, also one that listens to no signal', async () => {
    const app = createApp(managers);
    let answer!: (late: Response) => void;
    let cancelled = false;
    const hung = new Promise<Response>((resolve) => (answer = resolve));
    addRoute(
      app,
      managers,
      {
        method: 'get',
        path: '/hung',
        id: 'hung',
        summary: '',
        tag: 'Service',
        data: z.null(),
        errors: [],
        deadlineMs: 30,
      },
      () => hung,
    );
    const response = await app.request('/hung');
    assert.equal(response.status, 504);
    assert.equal(((await response.json()) as { error: { code: string } }).error.code, 'TIMEOUT');
    // What comes too late is let go of.
    answer(new Response(new ReadableStream({ cancel: () => void (cancelled = true) })));
    await hung;
    assert.ok(cancelled);
  });

  it('waits for the outcome of a record less long than for the answer', async () => {
    const seen: (ProduceOptions | undefined)[] = [];
    const messages = Object.create(managers.messages) as FakeManagers['messages'];
    messages.produce = (_cluster, { topic }, options) => {
      seen.push(options);
      return Promise.resolve({ topic, partition: 0, offset: 0, timestamp: 0 });
    };
    messages.produceBatch = (_cluster, records, options) => {
      seen.push(options);
      return Promise.resolve(
        records.map(({ topic }) => ({
          ok: true,
          produced: { topic, partition: 0, offset: 0, timestamp: 0 },
        })),
      );
    };
    const app = createApp({ ...managers, messages });
    for (const [path, body] of [
      ['/produce', { topic: 't', value: 'x' }],
      ['/produce/batch', { topic: 't', messages: [{ value: 'x' }] }],
    ] as const) {
      const headers = { 'content-type': 'application/json' };
      const response = await app.request(path, { method: 'POST', headers, body: JSON.stringify(body) });
      assert.equal(response.status, 200);
    }
    assert.deepEqual(
      seen.map((options) => options?.timeoutMs),
      [25_000, 25_000],
    );
  });

  it('gives up on a batch after twenty messages that are not valid', async () => {
    const app = createApp(managers);
    const messages = Array.from({ length: 10_000 }, () => ({ partition: -1 }));
    const response = await app.request('/produce/batch', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ topic: 't', messages }),
    });
    assert.equal(response.status, 422);
    const { error } = (await response.json()) as { error: { details: Record<string, string> } };
    const named = new Set(Object.keys(error.details).map((field) => field.split('.', 2).join('.')));
    assert.deepEqual(
      [...named],
      Array.from({ length: 20 }, (_, i) => `messages.${i}`),
    );
  });

  it('lets others work while it checks many messages', async () => {
    const many = Array.from({ length: 300_000 }, () => ({ value: 'x' }));
    let turns = 0;
    const others = setInterval(() => turns++, 1);
    try {
      assert.equal((await validateEntries(messageSchema, many, 'messages')).length, many.length);
    } finally {
      clearInterval(others);
    }
    assert.ok(turns > 1, `${turns} turns`);
  });
});
