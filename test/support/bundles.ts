import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of what the build makes. */
export const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** A bundle, by esbuild's account in dist/meta.json. */
export interface Bundle {
  /** Name of its file in dist/. */
  readonly name: string;
  readonly bytes: number;
  /** Files of ours and of packages whose code is in it, relative to the root. */
  readonly inputs: readonly string[];
}

interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly bytes: number; readonly inputs: Readonly<Record<string, unknown>> }>
  >;
}

/** All bundles of the last build, without their source maps. */
export function bundles(): Bundle[] {
  const { outputs } = JSON.parse(readFileSync(join(dist, 'meta.json'), 'utf8')) as Metafile;
  return Object.entries(outputs)
    .filter(([file]) => file.endsWith('.js'))
    .map(([file, { bytes, inputs }]) => ({
      name: file.replace(/^dist\//, ''),
      bytes,
      inputs: Object.keys(inputs),
    }));
}
