import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SMALL_JVM } from './brokerProperties';
import { run } from './children';
import type { RunOptions, RunResult } from './children';
import type { KafkaDist } from './kafkaDist';
import { testCache } from './realPart';

const sources = fileURLToPath(new URL('java', import.meta.url));

/** Runs a class of Kafka's jars, or one of ours from test/support/real/java, without a shell. */
export async function runJava(
  dist: KafkaDist,
  mainClass: string,
  args: readonly string[],
  options: RunOptions & { readonly classes?: string } = {},
): Promise<RunResult> {
  const jars = join(dist.libs, '*');
  const classPath = options.classes === undefined ? jars : [options.classes, jars].join(delimiter);
  const config = join(dist.home, 'config');
  const logging =
    dist.line === '4'
      ? `-Dlog4j2.configurationFile=${join(config, 'tools-log4j2.yaml')}`
      : `-Dlog4j.configuration=file:${join(config, 'tools-log4j.properties')}`;
  return run(dist.java, [...SMALL_JVM, logging, '-cp', classPath, mainClass, ...args], options);
}

/** Runs a program of test/support/real/java; it is compiled against that Kafka at first use. */
export async function runOwnJava(
  dist: KafkaDist,
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return runJava(dist, program, args, { ...options, classes: await compiled(dist, program) });
}

/** The folder with the compiled class; kept in the cache under a hash of what makes it. */
async function compiled(dist: KafkaDist, program: string): Promise<string> {
  const source = join(sources, `${program}.java`);
  const hash = createHash('sha256')
    .update(await readFile(source))
    .update(dist.home)
    .update(dist.javaHome);
  const classes = join(testCache(), `java-${program}-${hash.digest('hex').slice(0, 12)}`);
  if (await exists(classes)) return classes;
  await mkdir(testCache(), { recursive: true });
  const work = await mkdtemp(`${classes}.`);
  await run(join(dist.javaHome, 'bin', 'javac'), ['-cp', join(dist.libs, '*'), '-d', work, source]);
  try {
    await rename(work, classes);
  } catch (error) {
    // Another test process was faster.
    await rm(work, { recursive: true, force: true });
    if (!(await exists(classes))) throw error;
  }
  return classes;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
