import path from 'node:path';
import { build } from 'esbuild';
import { makeTempDir } from '../support/real/tempDir';
import { type Measured, measured, type MeasuredOptions } from './measured';

const root = path.join(import.meta.dirname, '../..');

/** A script of test/bench/children, bundled as what ships is, so that no TypeScript is compiled while it is measured. */
export interface ChildScript {
  /** The command line that runs it, with Node's options in front. */
  command(args: readonly string[], nodeArgs?: readonly string[]): readonly string[];
  run(
    args: readonly string[],
    options?: MeasuredOptions & { nodeArgs?: readonly string[] },
  ): Promise<Measured>;
}

/** Settings of {@link childScript}. */
export interface ChildScriptOptions {
  /** A folder for CPU profiles; the script is not minified then, so that they name the functions. */
  readonly profile?: string | undefined;
  /** The Node to run it; the running one where left out. */
  readonly node?: string;
}

/** Bundles test/bench/children/NAME.ts. */
export async function childScript(name: string, options: ChildScriptOptions = {}): Promise<ChildScript> {
  const { profile, node = process.execPath } = options;
  const outfile = path.join(await makeTempDir('bench-child'), `${name}.js`);
  await build({
    absWorkingDir: root,
    entryPoints: [`test/bench/children/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: profile === undefined,
    logLevel: 'warning',
  });
  const profiling = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', path.resolve(profile)];
  const command = (args: readonly string[], nodeArgs: readonly string[] = []): readonly string[] => [
    node,
    ...profiling,
    ...nodeArgs,
    outfile,
    ...args,
  ];
  return {
    command,
    run: (args, { nodeArgs, ...rest } = {}) => measured(command(args, nodeArgs), rest),
  };
}

/** The object that a child printed as its last line. */
export function reportOf(run: Measured): unknown {
  return JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '');
}
