import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { KafkaManagerError } from '../../contract/errors';
import type { StateStore } from '../../core/ports';
import { minimumJava, parseJavaVersion, type JavaVersion } from './javaVersion';
import { runProgram } from './runProgram';

/** A Java that is new enough. */
export interface FoundJava extends JavaVersion {
  /** Absolute path of the program. */
  readonly file: string;
  /** Whole output of `java -version`: what tells one JVM from another. */
  readonly fullVersion: string;
}

const versionTimeoutMs = 10_000;
const remedy = `Install a Java of version ${minimumJava} or later (a JRE is enough) and put it on PATH, or name its folder in the setting for the Java home.`;

const remembered = z.object({ mtimeMs: z.number(), size: z.number(), output: z.string() });

/** Finds Java. What a program answered is remembered until the file changes, so that a start doesn't pay for it. */
export class JavaFinder {
  readonly #state: StateStore;
  readonly #env: NodeJS.ProcessEnv;

  constructor(state: StateStore, env: NodeJS.ProcessEnv) {
    this.#state = state;
    this.#env = env;
  }

  /**
   * The named folder's Java; where none is named, that of JAVA_HOME, else the first one on PATH that is new enough.
   * @throws RUNTIME_UNAVAILABLE with all places that were looked at
   */
  async find(javaHome: string | undefined, signal?: AbortSignal): Promise<FoundJava> {
    const refused: string[] = [];
    for (const place of this.#places(javaHome)) {
      const result = await this.#look(place.file, signal);
      if (result === undefined && !place.mustBeThere) continue;
      if (typeof result === 'object') return result;
      refused.push(`${place.name}: ${result ?? `there is no ${place.file}`}`);
    }
    const looked = refused.length > 0 ? ` (${refused.join('; ')})` : ' (JAVA_HOME and PATH have none)';
    throw new KafkaManagerError(
      'RUNTIME_UNAVAILABLE',
      `No Java ${minimumJava} or later was found${looked}.`,
      { remedy, details: { missing: 'java' } },
    );
  }

  #places(javaHome: string | undefined): { name: string; file: string; mustBeThere: boolean }[] {
    const program = process.platform === 'win32' ? 'java.exe' : 'java';
    const inHome = (home: string): string => path.resolve(home, 'bin', program);
    if (javaHome !== undefined) {
      return [{ name: 'the configured Java home', file: inHome(javaHome), mustBeThere: true }];
    }
    const home = this.#env['JAVA_HOME'];
    const folders = (this.#env['PATH'] ?? this.#env['Path'] ?? '').split(path.delimiter);
    return [
      ...(home ? [{ name: 'JAVA_HOME', file: inHome(home), mustBeThere: true }] : []),
      ...folders
        .filter((folder) => path.isAbsolute(folder))
        .map((folder) => ({ name: 'PATH', file: path.join(folder, program), mustBeThere: false })),
    ];
  }

  /** The Java behind a file, undefined where there is no file, or a text that says why it will not do. */
  async #look(file: string, signal?: AbortSignal): Promise<FoundJava | string | undefined> {
    let real: string;
    let output: string;
    try {
      real = await realpath(file);
      if (!(await stat(real)).isFile()) return undefined;
    } catch {
      return undefined;
    }
    try {
      output = await this.#versionOf(real, signal);
    } catch (error) {
      if (signal?.aborted) throw error;
      return `${file} can not be run (${error instanceof Error ? error.message : String(error)})`;
    }
    const version = parseJavaVersion(output);
    if (!version) return `${file} does not tell a version`;
    if (version.major < minimumJava) return `${file} is Java ${version.version}`;
    return { ...version, file: real, fullVersion: output };
  }

  async #versionOf(file: string, signal?: AbortSignal): Promise<string> {
    const { mtimeMs, size } = await stat(file);
    const key = `java.version.${file}`;
    const known = remembered.safeParse(await this.#state.get(key));
    if (known.success && known.data.mtimeMs === mtimeMs && known.data.size === size) return known.data.output;
    const { output } = await runProgram(file, ['-version'], { timeoutMs: versionTimeoutMs, signal });
    // A program that failed for a passing reason (out of memory) is asked again next time.
    if (parseJavaVersion(output)) {
      // Where that can't be remembered, it is asked again next time, too.
      await this.#state.set(key, { mtimeMs, size, output }).catch(() => {});
    }
    return output;
  }
}
