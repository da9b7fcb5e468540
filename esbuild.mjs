// Builds everything that ships into dist/. `--if-needed` builds only when a source is newer than the last build.
import { build } from 'esbuild';
import { brotliDecompressSync } from 'node:zlib';
import fs from 'node:fs';
import path from 'node:path';
import { notices } from './src/notices/notices.mjs';

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

/** Modules that an entry loads with import() when they are first needed: each becomes a chunk beside it in dist/. */
const chunks = {
  kafka: 'src/kafka/kafkaConnector.ts',
  api: 'src/api/startApi.ts',
  embeddedRuntime: 'src/runtimes/embedded/embeddedRuntime.ts',
  javaRuntime: 'src/runtimes/java/javaRuntime.ts',
  extractDistribution: 'src/runtimes/java/download/extractDistribution.ts',
  jsonPathFilter: 'src/core/scan/filter/jsonPathFilter.ts',
  messageManager: 'src/core/messageManager.ts',
  profileChecks: 'src/core/profileChecks.ts',
  commands: 'src/ui/commands/allCommands.ts',
  zstdEncoder: 'src/kafka/records/zstdEncoder.ts',
  expressionFilter: 'src/core/scan/filter/expressionFilter.ts',
};

/** CommonJS bundles can't be split by esbuild, so import('../kafka/kafkaConnector') is pointed at dist/kafka.js. */
const lazyChunks = {
  name: 'lazy-chunks',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ kind, path: target, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const file = path
        .relative(root, path.resolve(resolveDir, `${target}.ts`))
        .split(path.sep)
        .join('/');
      const chunk = Object.keys(chunks).find((name) => chunks[name] === file);
      if (!chunk) throw new Error(`import() of ${file}, which is no chunk: see esbuild.mjs`);
      return { path: `./${chunk}.js`, external: true };
    });
  },
};

/** zod-openapi pulls in every language of zod's messages (600 KB); only English is used. */
const englishOnly = {
  name: 'zod-english-only',
  setup(build) {
    build.onResolve({ filter: /locales\/index\.(js|cjs)$/ }, ({ importer, resolveDir, path: target }) =>
      importer.includes(`${path.sep}zod${path.sep}`)
        ? { path: path.resolve(resolveDir, path.dirname(target), 'en.js') }
        : undefined,
    );
  },
};

/**
 * `import * as vscode` of a CommonJS module copies all its names, for each file that has it: 30 ms at activation. Here the
 * names that are used are read once, and every file is bound to those.
 */
const vscodeOnce = {
  name: 'vscode-once',
  setup(build) {
    const ui = fs
      .readdirSync(path.join(root, 'src/ui'), { recursive: true })
      .filter((file) => file.endsWith('.ts'));
    const sources = ['src/extension.ts', ...ui.map((file) => path.join('src/ui', file))];
    const text = sources.map((file) => fs.readFileSync(path.join(root, file), 'utf8')).join('\n');
    const names = [...new Set([...text.matchAll(/\bvscode\.(\w+)/g)].map(([, name]) => name))].sort();
    build.onResolve({ filter: /^vscode$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'vscode', namespace: 'vscode-once' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'vscode-once' }, () => ({
      contents: `const api = require('vscode');\n${names.map((name) => `export const ${name} = api.${name};`).join('\n')}`,
    }));
  },
};

const started = performance.now();

const { metafile } = await build({
  absWorkingDir: root,
  outdir: dist,
  entryPoints: {
    extension: 'src/extension.ts',
    headless: 'src/headless.ts',
    consoleWorker: 'src/consoleWorker.ts',
    supervisor: 'src/runtimes/supervisor/main.ts',
    embeddedBroker: 'src/runtimes/embedded/host/main.ts',
    ...chunks,
  },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Also at a developer's: what starts within half a second has to be read and compiled within it.
  minify: true,
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  external: ['vscode'],
  // import() of a chunk becomes require(): Node would first scan a CommonJS file for its exports, 70 ms for these.
  supported: { 'dynamic-import': false },
  plugins: [lazyChunks, englishOnly, vscodeOnce],
});

// The page of GET /docs: two files of Swagger UI, and ours. Files of their own, served as they are.
await build({
  absWorkingDir: root,
  outdir: path.join(dist, 'docs'),
  entryNames: '[name]',
  entryPoints: [
    ...['swagger-ui-bundle.js', 'swagger-ui.css'].map((file) => `node_modules/swagger-ui-dist/${file}`),
    ...['index.html', 'docs.js', 'docs.css', 'icon.svg'].map((file) => `src/api/docs/${file}`),
  ],
  loader: { '.html': 'copy', '.svg': 'copy' },
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
});

/** Replaces a file of dist/ in one step: a broker that runs from it keeps what it has. */
function replace(name, bytes) {
  const file = path.join(dist, name);
  fs.writeFileSync(`${file}.${process.pid}`, bytes);
  fs.renameSync(`${file}.${process.pid}`, file);
}

// The broker is committed and installed compressed. Here it is unpacked as well, so that no start pays for it.
const broker = fs.readFileSync(path.join(root, 'src/runtimes/embedded/broker/kfake.wasm.br'));
replace('kfake.wasm.br', broker);
replace('kfake.wasm', brotliDecompressSync(broker));
fs.writeFileSync(path.join(dist, 'meta.json'), JSON.stringify(metafile));
fs.writeFileSync(path.join(dist, 'THIRD_PARTY_NOTICES.txt'), notices(root, dist, metafile));
// Where `npm run package` puts the VSIX.
fs.mkdirSync(path.join(dist, 'package'), { recursive: true });

// What an earlier build left and this one did not make. Files are replaced, not removed first: a broker may run on them.
const made = new Set(Object.keys(metafile.outputs).map((file) => path.basename(file)));
for (const name of ['docs', 'kfake.wasm', 'kfake.wasm.br', 'meta.json', 'THIRD_PARTY_NOTICES.txt', 'package'])
  made.add(name);
for (const file of fs.readdirSync(dist)) {
  if (!made.has(file)) fs.rmSync(path.join(dist, file), { recursive: true });
}
fs.writeFileSync(stamp, '');
console.log(`built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);
