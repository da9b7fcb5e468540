import assert from 'node:assert/strict';
import type { ExternalProfile } from '../../../../src/core/profile';
import type { ConnectionSettings } from '../../../../src/core/connection';
import { createExternalRuntime } from '../../../../src/runtimes/external/externalRuntime';

const connection: ConnectionSettings = {
  bootstrap: ['a:9092', 'b:9092'],
  sasl: { mechanism: 'PLAIN', username: 'u', password: 'secret' },
};
const profile: ExternalProfile = {
  id: 'staging',
  name: 'Staging',
  runtime: 'external',
  bootstrap: ['a:9092', 'b:9092'],
  connection: () => Promise.resolve(connection),
};

describe('the external runtime', () => {
  const runtime = createExternalRuntime({ now: () => 7 });

  it('is always available and tells where, without the password', async () => {
    assert.deepEqual(await runtime.check(profile), { available: true, detail: 'a:9092, b:9092' });
  });

  it('gives the connection of the profile on start and on attach', async () => {
    for (const broker of [await runtime.start(profile, () => {}), await runtime.attach(profile)]) {
      assert.equal(broker?.connection, connection);
      assert.equal(broker.pid, undefined);
      assert.equal(broker.startedAt, 7);
    }
  });

  it('has no log and no usage, and stops nothing', async () => {
    const broker = await runtime.start(profile, () => {});
    let exits = 0;
    broker.onDidExit(() => exits++);
    await broker.stop();
    await broker.release();
    broker.dispose();
    assert.equal(exits, 0);
    assert.equal(await broker.usage(), undefined);
    for await (const line of broker.logs(new AbortController().signal)) assert.fail(line);
  });

  it('refuses to delete the data of a cluster that is not ours', async () => {
    await assert.rejects(runtime.reset(profile), { code: 'UNSUPPORTED_BY_BROKER' });
  });

  it('takes no profile of another runtime', () => {
    assert.throws(() => void runtime.check({ id: 'x', name: 'x', runtime: 'embedded', port: 9092 }), {
      code: 'INTERNAL_ERROR',
    });
  });
});
