// Builds everything that ships into dist/. `--if-needed` builds only when a source is newer than the last build;
// `--minify` is what the package uses.
import { build } from 'esbuild';
import { brotliDecompressSync } from 'node:zlib';
import fs from 'node:fs';
import path from 'node:path';

const root = import.meta.dirname;
const dist = path.join(root, 'dist');
const stamp = path.join(dist, '.built');
const args = new Set(process.argv.slice(2));

/** Newest modification time below the given files and folders, in ms. */
function newest(...names) {
  let latest = 0;
  for (const name of names) {
    const full = path.join(root, name);
    if (!fs.existsSync(full)) continue;
    const stat = fs.statSync(full);
    latest = Math.max(latest, stat.mtimeMs);
    if (stat.isDirectory()) {
      latest = Math.max(latest, newest(...fs.readdirSync(full).map((entry) => path.join(name, entry))));
    }
  }
  return latest;
}

const inputs = ['src', 'esbuild.mjs', 'package-lock.json'];
if (args.has('--if-needed') && fs.existsSync(stamp) && fs.statSync(stamp).mtimeMs >= newest(...inputs)) {
  process.exit(0);
}

const minify = args.has('--minify');
/** Options that every bundle shares. CommonJS: what VS Code's extension host loads. */
const node = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify,
  keepNames: false,
  sourcemap: minify ? false : 'linked',
  logLevel: 'warning',
  metafile: true,
  absWorkingDir: root,
  outdir: dist,
  legalComments: 'none',
  // Lazy chunks are siblings in dist/: an entry loads them with import() when they are first needed.
  external: ['vscode', './kafka.js', './api.js'],
};

const started = performance.now();
fs.rmSync(dist, { recursive: true, force: true });
fs.mkdirSync(dist, { recursive: true });

const results = await Promise.all([
  build({
    ...node,
    entryPoints: {
      extension: 'src/extension.ts',
      headless: 'src/headless.ts',
      supervisor: 'src/runtimes/supervisor/main.ts',
      embeddedBroker: 'src/runtimes/embedded/host/main.ts',
    },
  }),
]);

// The broker is committed compressed; unpacked here once, so that no start pays for it.
const broker = path.join(root, 'src/runtimes/embedded/broker/kfake.wasm.br');
fs.writeFileSync(path.join(dist, 'kfake.wasm'), brotliDecompressSync(fs.readFileSync(broker)));

const outputs = Object.assign({}, ...results.map((result) => result.metafile.outputs));
const inputsOf = Object.assign({}, ...results.map((result) => result.metafile.inputs));
fs.writeFileSync(path.join(dist, 'meta.json'), JSON.stringify({ inputs: inputsOf, outputs }));
fs.writeFileSync(stamp, '');
console.log(`built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);
