// Builds the embedded broker: kfake.wasm.br, kfakeWasm.json (what its bytes must be once unpacked) and wasm_exec.js, all
// committed beside this file.
//   node build.mjs             builds and replaces the committed files
//   node build.mjs --out DIR   builds into DIR (kfake.wasm, wasm_exec.js) and leaves the committed files alone
//   node build.mjs --test      runs the Go tests in kfake/, for this machine rather than for wasm
//   node build.mjs --check     builds elsewhere and says whether the committed files are what comes out
// Needs git, and Go 1.21 or newer: the one in LKM_GO, else in PATH; Go fetches the pinned toolchain itself.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import {
  cpSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TOOLCHAIN = 'go1.26.8';
const KFAKE = 'github.com/twmb/franz-go/pkg/kfake';

const here = dirname(fileURLToPath(import.meta.url));
const env = {
  ...process.env,
  GOTOOLCHAIN: TOOLCHAIN,
  GOFLAGS: '-mod=readonly',
  GOWORK: 'off',
  GOEXPERIMENT: '',
};

function run(file, args, cwd, extra = {}) {
  return execFileSync(file, args, {
    cwd,
    env: { ...env, ...extra },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function go(args, cwd, extra) {
  try {
    return run(process.env.LKM_GO ?? 'go', args, cwd, extra);
  } catch (error) {
    if (error.code === 'ENOENT') {
      throw new Error(
        `Go is needed to build the embedded broker: install Go 1.21 or newer (it is built with ${TOOLCHAIN}).`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** Lays out the program, and beside it kfake with our patches and additions, in an empty folder. */
function stage(folder) {
  const program = join(folder, 'program');
  mkdirSync(program);
  for (const name of readdirSync(here)) {
    if (/\.(go|mod|sum)$/.test(name)) cpSync(join(here, name), join(program, name));
  }
  const { Dir: source } = JSON.parse(go(['mod', 'download', '-json', KFAKE], program));
  const kfake = join(program, 'kfake');
  mkdirSync(kfake);
  for (const name of ['go.mod', ...readdirSync(source).filter((n) => n.endsWith('.go'))]) {
    if (name.endsWith('_test.go') || name === 'main.go') continue;
    cpSync(join(source, name), join(kfake, name));
    chmodSync(join(kfake, name), 0o644);
  }
  for (const name of readdirSync(join(here, 'patches')).sort()) {
    run('git', ['apply', '--whitespace=nowarn', join(here, 'patches', name)], kfake);
  }
  cpSync(join(here, 'kfake'), kfake, { recursive: true });
  // The path is relative, so that no machine's folder gets into the wasm's build information.
  go(['mod', 'edit', `-replace=${KFAKE}=./kfake`], program);
  return program;
}

function build(out) {
  const folder = mkdtempSync(join(tmpdir(), 'lkm-broker-'));
  try {
    const program = stage(folder);
    const wasm = join(out, 'kfake.wasm');
    go(['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', wasm, '.'], program, {
      GOOS: 'js',
      GOARCH: 'wasm',
    });
    const goroot = go(['env', 'GOROOT'], program).trim();
    cpSync(join(goroot, 'lib', 'wasm', 'wasm_exec.js'), join(out, 'wasm_exec.js'));
    return { wasm: readFileSync(wasm), exec: readFileSync(join(out, 'wasm_exec.js')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function test() {
  const folder = mkdtempSync(join(tmpdir(), 'lkm-broker-test-'));
  try {
    execFileSync(process.env.LKM_GO ?? 'go', ['test', KFAKE], { cwd: stage(folder), env, stdio: 'inherit' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inTemporary(use) {
  const out = mkdtempSync(join(tmpdir(), 'lkm-broker-out-'));
  try {
    return use(build(out));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The wasm is compared unpacked: another Node's brotli may pack the same bytes differently. */
function check({ wasm, exec }) {
  const same =
    wasm.equals(brotliDecompressSync(readFileSync(join(here, 'kfake.wasm.br')))) &&
    exec.equals(readFileSync(join(here, 'wasm_exec.js')));
  console.log(
    same
      ? 'The committed broker is byte-identical with a fresh build.'
      : 'The committed broker DIFFERS from a fresh build: run npm run build:broker.',
  );
  return same;
}

function replace({ wasm, exec }) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length,
  };
  const packed = brotliCompressSync(wasm, { params });
  writeFileSync(join(here, 'kfake.wasm.br'), packed);
  const sha256 = createHash('sha256').update(wasm).digest('hex');
  writeFileSync(
    join(here, 'kfakeWasm.json'),
    `${JSON.stringify({ bytes: wasm.length, sha256 }, undefined, 2)}\n`,
  );
  writeFileSync(join(here, 'wasm_exec.js'), exec);
  console.log(`kfake.wasm ${wasm.length} bytes, kfake.wasm.br ${packed.length} bytes`);
}

const [flag, folder] = process.argv.slice(2);
if (flag === '--out' && folder) {
  mkdirSync(folder, { recursive: true });
  build(folder);
} else if (flag === '--check') {
  process.exitCode = inTemporary(check) ? 0 : 1;
} else if (flag === '--test') {
  test();
} else if (flag === undefined) {
  inTemporary(replace);
} else {
  console.error('usage: node build.mjs [--test | --check | --out DIR]');
  process.exitCode = 2;
}
