import assert from 'node:assert/strict';
import type { ConsoleEvent } from '../../../../src/contract/consoleMessages';
import { KafkaManagerError } from '../../../../src/contract/errors';
import { ConsoleServer } from '../../../../src/core/console/consoleServer';
import type { KafkaConnector, KafkaGateway } from '../../../../src/core/ports';
import { FakeRecordSource } from '../../../support/fakeRecordSource';

const connection = { bootstrap: ['127.0.0.1:9092'] };
const contains = { kind: 'contains', bytes: Buffer.from('v') };

/** A filter with `depth` filters of the kind `all` around it. */
function nested(depth: number): object {
  let filter: object = contains;
  for (let i = 0; i < depth; i++) filter = { kind: 'all', filters: [filter] };
  return filter;
}

describe('ConsoleServer', () => {
  /** Told as through a real port: what can not be cloned is refused. */
  const said: ConsoleEvent[] = [];
  let gateways: { disposed: number }[];
  let source: FakeRecordSource;
  /** Ends one connecting each; it fails where an error is given. */
  let connecting: ((error?: Error) => void)[];
  let server: ConsoleServer;

  const connector: KafkaConnector = {
    connect: async () => {
      await new Promise<void>((resolve, reject) =>
        connecting.push((error) => (error ? reject(error) : resolve())),
      );
      const gateway = { disposed: 0, openSource: async () => source, dispose: () => (gateway.disposed += 1) };
      gateways.push(gateway);
      return gateway as Partial<KafkaGateway> as KafkaGateway;
    },
  };

  beforeEach(() => {
    said.length = 0;
    gateways = [];
    connecting = [];
    source = new FakeRecordSource();
    source.addPartition(0, [
      { baseOffset: 0, nextOffset: 1, records: [{ offset: 0, timestamp: 1, value: 'v' }] },
    ]);
    server = new ConsoleServer({ post: (event) => void said.push(structuredClone(event)) }, connector);
  });

  afterEach(() => server.dispose());

  async function open(): Promise<void> {
    const opened = server.handle({ type: 'open', id: 1, connection });
    connecting.at(-1)!();
    await opened;
  }

  /** The answers, as [id, what became of it]. */
  function answers(): [number, string][] {
    return said.flatMap((event): [number, string][] => {
      if (event.type === 'failed') return [[event.id, event.failure.code]];
      return event.type === 'answer' ? [[event.id, 'answered']] : [];
    });
  }

  it('takes filters that lie in each other, and refuses those that lie too deep', async () => {
    await open();
    const scan = (id: number, depth: number): Promise<void> => {
      const query = { topic: 'orders', from: { at: 'beginning' }, filter: nested(depth) };
      return server.handle({ type: 'scan', id, keep: false, query });
    };
    await scan(2, 4);
    await scan(3, 5);
    await scan(4, 20_000);
    assert.deepEqual(answers().slice(1), [
      [2, 'answered'],
      [3, 'VALIDATION_ERROR'],
      [4, 'VALIDATION_ERROR'],
    ]);
    for (const event of said) if (event.type === 'failed') assert.match(event.failure.message, /4 deep/);
  });

  it('answers where a message can not even be looked at', async () => {
    const odd = {
      id: 7,
      get type(): string {
        throw new RangeError('too deep');
      },
    };
    await server.handle(odd);
    assert.deepEqual(answers(), [[7, 'INTERNAL_ERROR']]);
  });

  it('tells of a failure also where its details can not be told', async () => {
    await open();
    const details = { why: () => 'a function' };
    source.partitions = () => Promise.reject(new KafkaManagerError('TOPIC_NOT_FOUND', 'gone', { details }));
    await server.handle({
      type: 'scan',
      id: 2,
      keep: false,
      query: { topic: 'x', from: { at: 'beginning' } },
    });
    const failed = said.find((event) => event.type === 'failed');
    assert.deepEqual(
      [failed?.id, failed?.failure.code, failed?.failure.message, failed?.failure.details],
      [2, 'TOPIC_NOT_FOUND', 'gone', undefined],
    );
  });

  it('is opened once, also where that is asked for twice at a time', async () => {
    const opened = [1, 2].map((id) => server.handle({ type: 'open', id, connection }));
    for (const go of connecting) go();
    await Promise.all(opened);
    assert.deepEqual(answers(), [
      [2, 'VALIDATION_ERROR'],
      [1, 'answered'],
    ]);
    server.dispose();
    assert.deepEqual(
      gateways.map(({ disposed }) => disposed),
      [1],
    );
  });

  it('can be opened again after a failure', async () => {
    const opened = server.handle({ type: 'open', id: 1, connection });
    connecting[0]!(new KafkaManagerError('KAFKA_CONNECTION_ERROR'));
    await opened;
    await open();
    assert.deepEqual(answers(), [
      [1, 'KAFKA_CONNECTION_ERROR'],
      [1, 'answered'],
    ]);
  });

  it('keeps no connection that is there only after it was closed', async () => {
    const opened = server.handle({ type: 'open', id: 1, connection });
    server.dispose();
    connecting[0]!();
    await opened;
    assert.deepEqual(answers(), [[1, 'CANCELLED']]);
    assert.equal(gateways[0]?.disposed, 1);
  });
});
