// Runs the rings of tests, smallest first, and ends with one line `N passed, N failed`.
// `node test/run.mjs [static|unit|integration|host|e2e|contract ...]`; all of them where none is named.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const bin = (name) => path.join(root, 'node_modules', name);
const node = process.execPath;

/** Files below test/FOLDER that hold tests, in the order of their names. */
function testFiles(folder) {
  return fs
    .readdirSync(path.join(root, 'test', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.join('test', folder, file))
    .sort();
}

/** Longest time of one step in minutes; the whole has to be well under 45. */
const stepMinutes = 35;

/** Runs a command with its output shown; resolves to its exit code. One that hangs is ended with all it started. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    const timer = setTimeout(() => {
      console.error(`${command} ${args.join(' ')} took longer than ${stepMinutes} minutes and was ended`);
      process.kill(-child.pid, 'SIGKILL');
    }, stepMinutes * 60_000);
    const stop = () => process.kill(-child.pid, 'SIGTERM');
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
    child.once('close', () => {
      clearTimeout(timer);
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
    });
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
}

const total = { passed: 0, failed: 0 };
const failures = [];

/** A step that counts as one test. */
async function check(title, command, args) {
  const started = Date.now();
  const code = await run(command, args);
  console.log(`${code === 0 ? 'ok' : 'FAILED'}: ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (code === 0) total.passed++;
  else {
    total.failed++;
    failures.push(title);
  }
}

/** Runs tests that write their counts to a file, and adds them; a run that dies before it reports is a failure. */
async function counted(title, argsFor) {
  const results = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-tests-')), 'results.json');
  const code = await run(node, argsFor(results));
  const found = fs.existsSync(results) ? JSON.parse(fs.readFileSync(results, 'utf8')) : undefined;
  fs.rmSync(path.dirname(results), { recursive: true });
  total.passed += found?.passed ?? 0;
  total.failed += found?.failed ?? 0;
  failures.push(...(found?.failures ?? []));
  // Pending tests would be silent gaps, as would a run of nothing.
  if (
    !found ||
    found.pending > 0 ||
    found.passed + found.failed === 0 ||
    (code !== 0 && found.failed === 0)
  ) {
    total.failed++;
    failures.push(
      found?.pending ? `${title}: ${found.pending} tests skipped` : `${title}: ended with exit code ${code}`,
    );
  }
}

/** Runs mocha over files and adds its counts. */
async function mocha(title, files, timeout) {
  await counted(title, (results) => [
    ...[bin('mocha/bin/mocha.js'), '--timeout', String(timeout), '--exit'],
    ...['--reporter', path.join(root, 'test/support/reporter.cjs'), '--reporter-option', `output=${results}`],
    ...files,
  ]);
}

const rings = {
  async static() {
    await check('type check', node, [bin('typescript/bin/tsc'), '--noEmit']);
    await check('lint', node, [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0']);
    await check('format', node, [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']);
    await check('build', node, ['esbuild.mjs']);
  },
  async unit() {
    await mocha('unit', testFiles('unit'), 20_000);
  },
  async integration() {
    await check('the real parts that tests need', node, ['test/real/setup.mjs', 'integration']);
    await check('build', node, ['esbuild.mjs', '--if-needed']);
    await mocha('integration', testFiles('integration'), 180_000);
  },
  async host() {
    await check('the VSIX', node, ['test/support/vscode/packVsix.mjs']);
    await counted('host', (results) => ['--import', 'tsx', 'test/host/run.mts', results]);
  },
  async e2e() {
    await check('VS Code and a browser', node, ['test/real/setup.mjs', 'e2e']);
    await check('the VSIX', node, ['test/support/vscode/packVsix.mjs']);
    await mocha('e2e', testFiles('e2e'), 180_000);
  },
  async contract() {
    await check('build', node, ['esbuild.mjs', '--if-needed']);
    await check('API contract (schemathesis)', node, ['test/contract/schemathesis.mjs']);
  },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in rings));
if (unknown.length > 0) {
  console.error(`no such ring: ${unknown.join(', ')}; there are ${Object.keys(rings).join(', ')}`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : Object.keys(rings)) {
  console.log(`\n== ${name}`);
  await rings[name]();
}
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((title) => `  - ${title}`).join('\n')}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);
