import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerExit, RunningBroker } from '../../src/core/ports';
import type { JavaProfile } from '../../src/core/profile';
import { freePort } from '../support/freePort';
import {
  buildSupervisor,
  javaProfile,
  javaRuntimeHarness,
  portOf,
  startReady,
  stopTimed,
  untilArchived,
  untilNoProcess,
  usesArchive,
  type JavaRuntimeHarness,
} from '../support/javaRuntimeHarness';
import { run } from '../support/real/children';
import { KAFKA_LINES, realKafka, type KafkaDist } from '../support/real/kafkaDist';
import { realPart } from '../support/real/realPart';
import { removeTempDir } from '../support/real/tempDir';
import { until } from '../support/until';

describe('Java runtime', function () {
  this.timeout(180_000);
  let distDir: string;
  let kcat: string;

  before(async () => {
    distDir = await buildSupervisor();
    kcat = await realPart('kcat.sh');
  });

  after(() => removeTempDir(distDir));

  const produce = (broker: RunningBroker, values: readonly string[]) =>
    run(kcat, ['-P', '-b', broker.connection.bootstrap[0]!, '-t', 'kept', '-X', 'acks=all'], {
      stdin: values.map((value) => `${value}\n`).join(''),
    });
  const consume = async (broker: RunningBroker): Promise<string[]> => {
    const args = ['-C', '-q', '-e', '-o', 'beginning', '-b', broker.connection.bootstrap[0]!, '-t', 'kept'];
    return (await run(kcat, args)).stdout.toString().trim().split('\n');
  };

  for (const line of KAFKA_LINES) {
    describe(`with Kafka ${line}`, () => {
      let dist: KafkaDist;
      let harness: JavaRuntimeHarness;
      let profile: JavaProfile;

      before(async () => {
        dist = await realKafka(line);
        harness = await javaRuntimeHarness(distDir);
        // Topics are ours to make in the product; kcat is to make its own here.
        profile = javaProfile(dist, await freePort(), {
          properties: { 'auto.create.topics.enable': 'true' },
        });
      });

      after(() => removeTempDir(harness.storageDir));

      it('starts, keeps its messages, and starts from a class-data archive the second time', async () => {
        const first = await startReady(harness, profile);
        assert.equal(first.version, `Apache Kafka ${dist.version}`);
        assert.equal(portOf(first), profile.port);
        assert.ok(!(await usesArchive(first)));
        await produce(first, ['a', 'b', 'c']);
        await untilArchived(harness);
        await stopTimed(first);
        const second = await startReady(harness, profile);
        assert.ok(await usesArchive(second));
        assert.deepEqual(await consume(second), ['a', 'b', 'c']);
        await stopTimed(second);
        await untilNoProcess(harness, 2_000);
      });

      it('ends with a supervisor that was killed, though nobody starts it again', async () => {
        const broker = await startReady(harness, profile);
        await until(
          async () =>
            (await readdir(join(harness.storageDir, 'profiles', profile.id))).includes('broker.json'),
          { deadlineMs: 5_000, what: 'broker.json' },
        );
        const exited = new Promise<BrokerExit>((resolve) => broker.onDidExit(resolve));
        const { stdout } = await run('ps', ['-o', 'ppid=', '-p', String(broker.pid!)]);
        process.kill(Number(stdout.toString()), 'SIGKILL');
        assert.equal((await exited).expected, false);
        // As the cluster's session does: it lets go of a broker that has ended.
        broker.dispose();
        await untilNoProcess(harness, 10_000);
      });

      it('comes back within seconds after a kill -9, with all that was acknowledged', async () => {
        const first = await startReady(harness, profile);
        const values = Array.from({ length: 500 }, (_, i) => `v${i}`);
        const before = await consume(first);
        await produce(first, values);
        const exited = new Promise<BrokerExit>((resolve) => first.onDidExit(resolve));
        process.kill(first.pid!, 'SIGKILL');
        assert.equal((await exited).expected, false);
        first.dispose();
        const began = performance.now();
        const second = await startReady(harness, profile);
        assert.deepEqual(await consume(second), [...before, ...values]);
        const took = performance.now() - began;
        assert.ok(took < 9000, `back after ${took} ms: before its session had run out`);
        await stopTimed(second);
      });
    });
  }
});
