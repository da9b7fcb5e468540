import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SMALL_JVM } from './brokerProperties';
import { run } from './children';
import type { RunOptions, RunResult } from './children';
import type { JavaTarget } from './javaRecords';
import type { KafkaDist } from './kafkaDist';
import { testCache } from './realPart';

const sources = fileURLToPath(new URL('java', import.meta.url));

/** The command line of a class of Kafka's jars, or of one in these folders. */
export function javaCommand(
  dist: KafkaDist,
  mainClass: string,
  args: readonly string[],
  classes: readonly string[] = [],
): [command: string, args: string[]] {
  const classPath = [...classes, join(dist.libs, '*')].join(delimiter);
  const config = join(dist.home, 'config');
  const logging =
    dist.line === '4'
      ? `-Dlog4j2.configurationFile=${join(config, 'tools-log4j2.yaml')}`
      : `-Dlog4j.configuration=file:${join(config, 'tools-log4j.properties')}`;
  return [dist.java, [...SMALL_JVM, logging, '-cp', classPath, mainClass, ...args]];
}

/** Runs a class of Kafka's jars without a shell. */
export async function runJava(
  dist: KafkaDist,
  mainClass: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return run(...javaCommand(dist, mainClass, args), options);
}

/**
 * What a program of test/support/real/java printed; it is compiled against that Kafka at first use. It runs in the
 * session of the target, where that has one, else in a JVM of its own.
 */
export async function runOwnJava(
  { dist, session }: Pick<JavaTarget, 'dist' | 'session'>,
  program: string,
  args: readonly string[],
  stdin?: string,
): Promise<Buffer> {
  if (session) return session.run(program, args, stdin);
  const command = javaCommand(dist, program, args, [await compiled(dist, program)]);
  return (await run(...command, stdin === undefined ? {} : { stdin })).stdout;
}

/** The folder with the compiled class; kept in the cache under a hash of what makes it. */
export async function compiled(dist: KafkaDist, program: string): Promise<string> {
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
