import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JavaProfile } from '../../src/core/profile';
import { freePort } from '../support/freePort';
import {
  archivesOf,
  buildSupervisor,
  javaProfile,
  javaRuntimeHarness,
  startReady,
  stopTimed,
  untilArchived,
  untilNoProcess,
  usesArchive,
  type JavaRuntimeHarness,
} from '../support/javaRuntimeHarness';
import { realKafka, type KafkaDist } from '../support/real/kafkaDist';
import { removeTempDir } from '../support/real/tempDir';
import { until } from '../support/until';

describe('class-data archives of the Java runtime', function () {
  this.timeout(180_000);
  let distDir: string;
  let dist: KafkaDist;
  let harness: JavaRuntimeHarness;
  let profile: JavaProfile;
  let archive: string;
  let good: Buffer;

  before(async () => {
    distDir = await buildSupervisor();
    dist = await realKafka('4');
    harness = await javaRuntimeHarness(distDir);
    profile = javaProfile(dist, await freePort());
    const broker = await startReady(harness, profile);
    await untilArchived(harness);
    await broker.stop();
    archive = join(harness.archivesDir, (await archivesOf(harness))[0]!);
    good = await readFile(archive);
  });

  after(async () => {
    await removeTempDir(harness.storageDir);
    await removeTempDir(distDir);
  });

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
    // As damage comes later than the sidecar: both are written within one tick (4 ms) of the file system's clock here.
    const later = new Date(Date.now() + 1000);
    await file.utimes(later, later);
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
    const broker = await startReady(harness, profile);
    assert.ok(!(await usesArchive(broker)));
    await stopTimed(broker);
  };

  it('is used when it is whole', async () => {
    const broker = await startReady(harness, profile);
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
      const broker = await startReady(harness, profile);
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
    const broker = await startReady(harness, profile);
    await stopTimed(broker);
  });

  it('is made again after a damaged one was dropped', async () => {
    await garbage();
    const broker = await startReady(harness, profile);
    await until(async () => (await stat(archive).catch(() => undefined))?.isFile(), {
      ...{ deadlineMs: 90_000, what: 'a new archive' },
    });
    await stopTimed(broker);
    const again = await startReady(harness, profile);
    assert.ok(await usesArchive(again));
    await stopTimed(again);
  });

  it('is not waited for longer than a stop may take, and leaves no process', async () => {
    await rm(archive);
    await stopTimed(await startReady(harness, profile));
    await untilNoProcess(harness, 2_000);
    assert.deepEqual(
      (await readdir(harness.archivesDir)).filter((file) => file.includes('.tmp')),
      [],
    );
  });
});
