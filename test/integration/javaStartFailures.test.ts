import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { StartProgress } from '../../src/core/ports';
import type { JavaProfile } from '../../src/core/profile';
import { freePort } from '../support/freePort';
import {
  buildSupervisor,
  javaProfile,
  javaRuntimeHarness,
  portOf,
  startReady,
  stopTimed,
  untilReady,
  type JavaRuntimeHarness,
} from '../support/javaRuntimeHarness';
import { realKafka, type KafkaDist } from '../support/real/kafkaDist';
import { makeTempDir, removeTempDir } from '../support/real/tempDir';

describe('the Java runtime says why it can not start', function () {
  this.timeout(180_000);
  let distDir: string;
  let dist: KafkaDist;
  let harness: JavaRuntimeHarness;
  let folder: string;

  before(async () => {
    distDir = await buildSupervisor();
    dist = await realKafka('4');
    harness = await javaRuntimeHarness(distDir);
    folder = await makeTempDir('java-failures');
  });

  after(async () => {
    await removeTempDir(harness.storageDir);
    await removeTempDir(folder);
    await removeTempDir(distDir);
  });

  const refuses = async (more: Partial<JavaProfile>, expected: object): Promise<void> => {
    const profile = javaProfile(dist, await freePort(), {
      id: `p${randomBytes(4).toString('hex')}`,
      ...more,
    });
    await assert.rejects(
      harness.runtime.start(profile, () => {}),
      expected,
    );
  };

  it('takes the next port when its own is taken', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    try {
      const broker = await startReady(harness, javaProfile(dist, port, { id: 'port' }));
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
    const broker = await startReady(harness, javaProfile(dist, await freePort(), { id: 'first', dataDir }));
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
