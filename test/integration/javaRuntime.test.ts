import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { BrokerExit, RunningBroker, StartProgress } from '../../src/core/ports';
import type { JavaProfile } from '../../src/core/profile';
import { freePort } from '../support/freePort';
import {
  buildSupervisor,
  javaProfile,
  javaRuntimeHarness,
  portOf,
  untilReady,
  type JavaRuntimeHarness,
} from '../support/javaRuntimeHarness';
import { run } from '../support/real/children';
import { KAFKA_LINES, realKafka, type KafkaDist } from '../support/real/kafkaDist';
import { realPart } from '../support/real/realPart';
import { makeTempDir, removeTempDir } from '../support/real/tempDir';
import { until } from '../support/until';

const stopLimitMs = 5000;

describe('Java runtime', function () {
  this.timeout(180_000);
  let distDir: string;
  let kcat: string;

  before(async () => {
    distDir = await buildSupervisor();
    kcat = await realPart('kcat.sh');
  });

  after(() => removeTempDir(distDir));

  const quiet = () => {};
  const start = async (harness: JavaRuntimeHarness, profile: JavaProfile): Promise<RunningBroker> => {
    const broker = await harness.runtime.start(profile, quiet);
    await untilReady(broker);
    return broker;
  };
  const stopTimed = async (broker: RunningBroker): Promise<void> => {
    const began = performance.now();
    await broker.stop();
    const took = performance.now() - began;
    assert.ok(took < stopLimitMs, `stopping took ${took} ms`);
  };
  const produce = (broker: RunningBroker, values: readonly string[]) =>
    run(kcat, ['-P', '-b', broker.connection.bootstrap[0]!, '-t', 'kept', '-X', 'acks=all'], {
      stdin: values.map((value) => `${value}\n`).join(''),
    });
  const consume = async (broker: RunningBroker): Promise<string[]> => {
    const args = ['-C', '-q', '-e', '-o', 'beginning', '-b', broker.connection.bootstrap[0]!, '-t', 'kept'];
    return (await run(kcat, args)).stdout.toString().trim().split('\n');
  };
  /** Command lines of processes that have to do with a harness. */
  const processesOf = async (harness: JavaRuntimeHarness): Promise<string[]> => {
    const { stdout } = await run('ps', ['-eo', 'args', '-ww']);
    return stdout
      .toString()
      .split('\n')
      .filter((line) => line.includes(harness.storageDir));
  };
  /** A stop answers when the broker has ended; its supervisor ends right after that. */
  const untilNoProcess = (harness: JavaRuntimeHarness, deadlineMs: number) =>
    until(async () => (await processesOf(harness)).length === 0, { deadlineMs, what: 'no process left' });
  const archivesOf = async (harness: JavaRuntimeHarness): Promise<string[]> =>
    (await readdir(harness.archivesDir).catch(() => [])).filter((name) => name.endsWith('.jsa'));
  const untilArchived = (harness: JavaRuntimeHarness) =>
    until(async () => (await archivesOf(harness)).length > 0, { deadlineMs: 90_000, what: 'an archive' });
  const usesArchive = async (broker: RunningBroker): Promise<boolean> =>
    (await readFile(`/proc/${broker.pid!}/maps`, 'latin1')).includes('/archives/');

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
        const first = await start(harness, profile);
        assert.equal(first.version, `Apache Kafka ${dist.version}`);
        assert.equal(portOf(first), profile.port);
        assert.ok(!(await usesArchive(first)));
        await produce(first, ['a', 'b', 'c']);
        await untilArchived(harness);
        await stopTimed(first);
        const second = await start(harness, profile);
        assert.ok(await usesArchive(second));
        assert.deepEqual(await consume(second), ['a', 'b', 'c']);
        await stopTimed(second);
        await untilNoProcess(harness, 2_000);
      });

      it('ends with a supervisor that was killed, though nobody starts it again', async () => {
        const broker = await start(harness, profile);
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
        const first = await start(harness, profile);
        const values = Array.from({ length: 500 }, (_, i) => `v${i}`);
        const before = await consume(first);
        await produce(first, values);
        const exited = new Promise<BrokerExit>((resolve) => first.onDidExit(resolve));
        process.kill(first.pid!, 'SIGKILL');
        assert.equal((await exited).expected, false);
        first.dispose();
        const began = performance.now();
        const second = await start(harness, profile);
        assert.deepEqual(await consume(second), [...before, ...values]);
        const took = performance.now() - began;
        assert.ok(took < 9000, `back after ${took} ms: before its session had run out`);
        await stopTimed(second);
      });
    });
  }

  describe('class-data archives', () => {
    let dist: KafkaDist;
    let harness: JavaRuntimeHarness;
    let profile: JavaProfile;
    let archive: string;
    let good: Buffer;

    before(async () => {
      dist = await realKafka('4');
      harness = await javaRuntimeHarness(distDir);
      profile = javaProfile(dist, await freePort());
      const broker = await start(harness, profile);
      await untilArchived(harness);
      await broker.stop();
      archive = join(harness.archivesDir, (await archivesOf(harness))[0]!);
      good = await readFile(archive);
    });

    after(() => removeTempDir(harness.storageDir));

    beforeEach(async () => {
      await rm(archive, { recursive: true, force: true });
      await writeFile(archive, good);
      await vouch();
    });

    /** Makes the sidecar fit whatever the archive now is, so that only the JVM finds out. */
    const vouch = async (): Promise<void> => {
      const bytes = await readFile(archive);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await writeFile(`${archive}.json`, JSON.stringify({ size: bytes.length, sha256 }));
    };
    const garbage = async (): Promise<void> => {
      const file = await open(archive, 'r+');
      await file.write(randomBytes(256 * 1024), 0, 256 * 1024, Math.floor(good.length / 2));
      await file.close();
    };
    const damages: readonly (readonly [string, () => Promise<void>])[] = [
      ['missing', () => rm(archive)],
      ['empty', () => writeFile(archive, '')],
      ['short of 4 KB', () => truncate(archive, good.length - 4096)],
      ['garbled in the middle', garbage],
      [
        'a directory',
        () =>
          rm(archive)
            .then(() => mkdir(archive))
            .then(() => {}),
      ],
    ];
    const startsAnyway = async (): Promise<void> => {
      const broker = await start(harness, profile);
      assert.ok(!(await usesArchive(broker)));
      await stopTimed(broker);
    };

    it('is used when it is whole', async () => {
      const broker = await start(harness, profile);
      assert.ok(await usesArchive(broker));
      await stopTimed(broker);
    });

    for (const [name, damage] of damages) {
      it(`does not keep the broker from starting when it is ${name}`, async () => {
        await damage();
        await startsAnyway();
      });
      if (name === 'missing' || name === 'a directory') continue;
      it(`does not, when it is ${name} and its sidecar says so`, async () => {
        await damage();
        await vouch();
        const broker = await start(harness, profile);
        await stopTimed(broker);
      });
    }

    it("does not, when it is another JVM's", async () => {
      await writeFile(archive, good.subarray(0, 100_000));
      // The header of another version: magic and version are checked by the JVM.
      const file = await open(archive, 'r+');
      await file.write(Buffer.from([0xff, 0xff, 0xff, 0x7f]), 0, 4, 8);
      await file.close();
      await vouch();
      const broker = await start(harness, profile);
      await stopTimed(broker);
    });

    it('is made again after a damaged one was dropped', async () => {
      await garbage();
      const broker = await start(harness, profile);
      await until(async () => (await stat(archive).catch(() => undefined))?.isFile(), {
        ...{ deadlineMs: 90_000, what: 'a new archive' },
      });
      await stopTimed(broker);
      const again = await start(harness, profile);
      assert.ok(await usesArchive(again));
      await stopTimed(again);
    });

    it('is not waited for longer than a stop may take, and leaves no process', async () => {
      await rm(archive);
      await stopTimed(await start(harness, profile));
      await untilNoProcess(harness, 2_000);
      assert.deepEqual(
        (await readdir(harness.archivesDir)).filter((file) => file.includes('.tmp')),
        [],
      );
    });
  });

  describe('says why it can not start', () => {
    let dist: KafkaDist;
    let harness: JavaRuntimeHarness;
    let folder: string;

    before(async () => {
      dist = await realKafka('4');
      harness = await javaRuntimeHarness(distDir);
      folder = await makeTempDir('java-failures');
    });

    after(async () => {
      await removeTempDir(harness.storageDir);
      await removeTempDir(folder);
    });

    const refuses = async (more: Partial<JavaProfile>, expected: object): Promise<void> => {
      const profile = javaProfile(dist, await freePort(), {
        id: `p${randomBytes(4).toString('hex')}`,
        ...more,
      });
      await assert.rejects(harness.runtime.start(profile, quiet), expected);
    };

    it('takes the next port when its own is taken', async () => {
      const other = createServer();
      other.listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as { port: number };
      try {
        const broker = await start(harness, javaProfile(dist, port, { id: 'port' }));
        assert.notEqual(portOf(broker), port);
        await stopTimed(broker);
      } finally {
        other.close();
      }
    });

    it('takes another port when a program takes its own just before the broker does', async () => {
      const thief = createServer();
      const profile = javaProfile(dist, await freePort(), { id: 'thief' });
      // Said when the plan is made and the request is on its way: the JVM takes longer to bind than this.
      const steal = (step: StartProgress): void => {
        if (step.message.startsWith('Starting') && !thief.listening) thief.listen(profile.port, '127.0.0.1');
      };
      try {
        const broker = await harness.runtime.start(profile, steal);
        assert.notEqual(portOf(broker), profile.port);
        await untilReady(broker);
        await stopTimed(broker);
      } finally {
        thief.close();
      }
    });

    it('takes another port for the controller when a program takes that one', async () => {
      const thief = createServer();
      const profile = javaProfile(dist, await freePort(), { id: 'controller' });
      const profileDir = join(harness.storageDir, 'profiles', profile.id);
      const stolen: number[] = [];
      const steal = (step: StartProgress): void => {
        if (!step.message.startsWith('Starting') || stolen.length > 0) return;
        const file = readdirSync(profileDir).find((name) => /^server\.\d+\.properties$/.test(name))!;
        stolen.push(Number(file.split('.')[1]));
        thief.listen(stolen[0], '127.0.0.1');
      };
      try {
        const broker = await harness.runtime.start(profile, steal);
        assert.equal(stolen.length, 1);
        assert.equal(portOf(broker), profile.port, 'the port of the Kafka listener was not lost');
        await stopTimed(broker);
      } finally {
        thief.close();
      }
    });

    it('a data directory that another broker uses, or of another Kafka or node', async () => {
      const dataDir = join(folder, 'shared');
      const broker = await start(harness, javaProfile(dist, await freePort(), { id: 'first', dataDir }));
      await refuses({ dataDir }, { code: 'DATA_DIRECTORY_IN_USE' });
      const other = javaProfile(dist, await freePort(), { id: 'other', dataDir });
      await assert.rejects(harness.runtime.reset(other), { code: 'DATA_DIRECTORY_IN_USE' });
      await stopTimed(broker);
      const older = await realKafka('3.9');
      await refuses({ dataDir, kafkaHome: older.home }, { message: /written by a newer Kafka/ });
      const meta = join(dataDir, 'meta.properties');
      await writeFile(meta, (await readFile(meta, 'latin1')).replace('node.id=1', 'node.id=7'));
      await refuses({ dataDir }, { code: 'CLUSTER_START_FAILED', message: /belongs to node 7 .* is node 1/ });
    });

    it('a data directory that can not be written, or holds other things', async () => {
      const file = join(folder, 'file');
      await writeFile(file, '');
      await refuses({ dataDir: join(file, 'data') }, { code: 'DATA_DIRECTORY_NOT_WRITABLE' });
      await refuses({ dataDir: folder }, { code: 'VALIDATION_ERROR', message: /holds other things/ });
      assert.ok(!(await readdir(folder)).includes('meta.properties'));
      const profile = javaProfile(dist, await freePort(), { dataDir: folder });
      await assert.rejects(harness.runtime.reset(profile), { code: 'VALIDATION_ERROR' });
      assert.ok((await readdir(folder)).includes('file'));
    });

    it('an entry that Kafka refuses', async () => {
      await refuses(
        { properties: { 'num.partitions': 'many' } },
        { code: 'INVALID_CONFIGURATION', message: /many for configuration num\.partitions/ },
      );
    });

    it('a folder that is no Kafka, a Java that is missing or too old', async () => {
      const code = 'RUNTIME_UNAVAILABLE';
      await refuses({ kafkaHome: folder }, { code, message: /does not hold a usable Apache Kafka/ });
      await refuses({ javaHome: folder }, { code, message: /there is no .*java/ });
      const java = join(folder, 'old', 'bin', 'java');
      await mkdir(dirname(java), { recursive: true });
      await writeFile(java, '#!/bin/sh\necho \'openjdk version "11.0.2"\' >&2\n');
      await chmod(java, 0o755);
      await refuses({ javaHome: join(folder, 'old') }, { code, message: /is Java 11\.0\.2/ });
      const check = await harness.runtime.check(javaProfile(dist, 1, { javaHome: join(folder, 'old') }));
      assert.ok(!check.available && check.remedy.includes('Install a Java'));
    });
  });
});
