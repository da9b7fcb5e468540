import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger } from '../../src/base/logger';
import type { RunningBroker, StateStore } from '../../src/core/ports';
import type { JavaProfile } from '../../src/core/profile';
import { JavaRuntime, type JavaRuntimeOptions } from '../../src/runtimes/java/javaRuntime';
import { run } from './real/children';
import type { KafkaDist } from './real/kafkaDist';
import { answersMetadata } from './real/metadataProbe';
import { makeTempDir } from './real/tempDir';
import { until } from './until';

/** A StateStore in memory; a fake of the port. */
export class FakeStateStore implements StateStore {
  readonly values = new Map<string, unknown>();

  async get(key: string): Promise<unknown> {
    return this.values.get(key);
  }

  async set(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
  }
}

/** A folder with the supervisor as the build makes it. */
export async function buildSupervisor(): Promise<string> {
  const outdir = await makeTempDir('supervisor');
  await build({
    entryPoints: {
      supervisor: fileURLToPath(new URL('../../src/runtimes/supervisor/main.ts', import.meta.url)),
    },
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'cjs', outdir, logLevel: 'error' },
  });
  return outdir;
}

/** A Java runtime with folders of its own, and what its log said. */
export interface JavaRuntimeHarness {
  readonly runtime: JavaRuntime;
  readonly storageDir: string;
  readonly archivesDir: string;
  readonly log: string[];
  /** Another terminal: a runtime of its own on the same folders. */
  another(): JavaRuntime;
}

export async function javaRuntimeHarness(
  distDir: string,
  options: Partial<JavaRuntimeOptions> = {},
): Promise<JavaRuntimeHarness> {
  const storageDir = await makeTempDir('java-runtime');
  const log: string[] = [];
  const state = new FakeStateStore();
  const another = (): JavaRuntime =>
    new JavaRuntime({
      ...{ storageDir, distDir, state, env: process.env },
      logger: createLogger((_level, line) => log.push(line)),
      ...options,
    });
  return { runtime: another(), storageDir, archivesDir: join(storageDir, 'java', 'archives'), log, another };
}

/** A profile that runs a real Kafka of the tests. */
export function javaProfile(dist: KafkaDist, port: number, more: Partial<JavaProfile> = {}): JavaProfile {
  return {
    ...{ id: 'java-test', name: 'Java test', runtime: 'java', port },
    ...{ kafkaHome: dist.home, javaHome: dist.javaHome },
    ...more,
  };
}

/** Port of a broker of ours. */
export function portOf(broker: RunningBroker): number {
  return Number(broker.connection.bootstrap[0]!.split(':')[1]);
}

/** Waits for the first Metadata answer: that is when a broker counts as ready. */
export async function untilReady(broker: RunningBroker): Promise<void> {
  await until(() => answersMetadata(portOf(broker)), {
    ...{ deadlineMs: 60_000, everyMs: 15, what: 'the broker to answer Metadata' },
  });
}

/** Starts a broker; answers when it is ready. */
export async function startReady(harness: JavaRuntimeHarness, profile: JavaProfile): Promise<RunningBroker> {
  const broker = await harness.runtime.start(profile, () => {});
  await untilReady(broker);
  return broker;
}

/** Stops a broker; fails where that takes 5 s or more. */
export async function stopTimed(broker: RunningBroker): Promise<void> {
  const began = performance.now();
  await broker.stop();
  const took = performance.now() - began;
  assert.ok(took < 5000, `stopping took ${took} ms`);
}

/** A stop answers when the broker has ended; its supervisor ends right after that. */
export async function untilNoProcess(harness: JavaRuntimeHarness, deadlineMs: number): Promise<void> {
  const isNoneLeft = async (): Promise<boolean> => {
    const { stdout } = await run('ps', ['-eo', 'args', '-ww']);
    return !stdout.toString().includes(harness.storageDir);
  };
  await until(isNoneLeft, { deadlineMs, what: 'no process left' });
}

/** Names of the class-data archives that a runtime made. */
export async function archivesOf(harness: JavaRuntimeHarness): Promise<string[]> {
  return (await readdir(harness.archivesDir).catch(() => [])).filter((name) => name.endsWith('.jsa'));
}

/** Waits for the first class-data archive. */
export async function untilArchived(harness: JavaRuntimeHarness): Promise<void> {
  const isThere = async (): Promise<boolean> => (await archivesOf(harness)).length > 0;
  await until(isThere, { deadlineMs: 90_000, what: 'an archive' });
}

/** Whether the JVM of a broker has a class-data archive of ours mapped. */
export async function usesArchive(broker: RunningBroker): Promise<boolean> {
  return (await readFile(`/proc/${broker.pid!}/maps`, 'latin1')).includes('/archives/');
}
