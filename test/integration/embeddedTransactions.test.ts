import assert from 'node:assert/strict';
import type { RecordSource } from '../../src/core/scan/recordSource';
import { GatewayStage, gatewayBrokers, rejects } from '../support/gatewayStage';
import { readTopic } from '../support/readTopic';

for (const [name, start] of gatewayBrokers.filter(([name]) => name === 'embedded broker')) {
  describe(`transactions and kill -9 (${name})`, function () {
    this.timeout(60_000);
    let stage: GatewayStage;
    let source: RecordSource;

    before(async () => {
      stage = await GatewayStage.open(start);
      source = await stage.gateway.openSource();
    });

    after(async () => {
      source.dispose();
      await stage.dispose();
    });

    /** What read_committed shows; the last stable offset is at the end of the log. */
    async function committed(topic: string): Promise<string[]> {
      const [range] = await stage.gateway.offsets(topic);
      const stable = await source.offsets(topic, [0], 'end', 'read_committed');
      assert.equal(stable.get(0), range?.end, 'an open transaction holds the last stable offset');
      return (await readTopic(source, topic)).map(({ value }) => Buffer.from(value ?? '').toString());
    }

    it('never shows what was not committed, whatever comes after the kill', async () => {
      const topic = await stage.withTopic();
      const producer = await stage.gateway.openTransactional({ transactionalId: topic });
      try {
        producer.begin();
        await producer.produce({ topic, key: null, value: Buffer.from('lost') });
        await stage.broker.restart();
        assert.deepEqual(await committed(topic), []);
        await assert.rejects(producer.commit());
        assert.deepEqual(await committed(topic), []);
      } finally {
        producer.dispose();
      }
      const next = await stage.gateway.openTransactional({ transactionalId: topic });
      try {
        next.begin();
        await next.produce({ topic, key: null, value: Buffer.from('kept') });
        await next.commit();
        assert.deepEqual(await committed(topic), ['kept']);
        // With nothing sent between the kill and the commit, whose predecessor was a commit that succeeded.
        next.begin();
        await next.produce({ topic, key: null, value: Buffer.from('lost too') });
        await stage.broker.restart();
        await assert.rejects(next.commit());
      } finally {
        next.dispose();
      }
      assert.deepEqual(await committed(topic), ['kept']);
      await stage.broker.restart();
      assert.deepEqual(await committed(topic), ['kept']);
    });

    it('keeps what was committed, and what lies between open transactions', async () => {
      const topic = await stage.withTopic();
      const open = await stage.gateway.openTransactional({ transactionalId: `${topic}-open` });
      const done = await stage.gateway.openTransactional({ transactionalId: `${topic}-done` });
      const write = (value: string) => ({ topic, key: null, value: Buffer.from(value) });
      try {
        open.begin();
        done.begin();
        await open.produce(write('lost'));
        await done.produce(write('kept'));
        await stage.gateway.produce(write('plain'));
        await done.commit();
        await open.produce(write('lost'));
        await stage.broker.restart();
        assert.deepEqual(await committed(topic), ['kept', 'plain']);
        await rejects(open.commit(), 'PRODUCER_FENCED');
      } finally {
        open.dispose();
        done.dispose();
      }
      assert.deepEqual(await committed(topic), ['kept', 'plain']);
    });
  });
}
