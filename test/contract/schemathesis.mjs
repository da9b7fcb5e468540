// Holds the REST API against its own OpenAPI document with schemathesis (https://schemathesis.io).
//
// The API is that of LKM_CONTRACT_URL with the key in LKM_CONTRACT_KEY. Where they are not set one is started: by the
// command behind `--start`, else the API on the embedded broker (`--start node --import tsx test/contract/fakeServer.mts`
// takes a fake cluster: quicker, and needs no build). Such a command prints {"url": …, "key": …} as its first
// line when the API listens, and ends with SIGTERM. What is behind the URL is changed: topics come and go.
/* global AbortController, AbortSignal, fetch -- node has it since 18 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const VERSION = '4.32.5';
const here = import.meta.dirname;
const root = path.join(here, '../..');
const cache = process.env.LKM_TEST_CACHE ?? path.join(os.homedir(), '.cache/local-kafka-manager-tests');
const venv = path.join(cache, `schemathesis-${VERSION}`);
const program = path.join(venv, process.platform === 'win32' ? 'Scripts/st.exe' : 'bin/st');

/** Longest times in ms: of making the environment and installing into it, until the API listens, of one run. */
const INSTALL_MS = 10 * 60_000;
const START_MS = 120_000;
const RUN_MS = 30 * 60_000;

/** Runs a command with its output shown; it is killed where it takes longer than `ms`. @throws where it fails */
function run(command, args, ms) {
  const options = { stdio: ['ignore', 'inherit', 'inherit'], timeout: ms, killSignal: 'SIGKILL' };
  const { status, error } = spawnSync(command, args, options);
  if (error || status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
}

function install() {
  if (spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0) return;
  console.log(`installing schemathesis ${VERSION} from PyPI into ${venv}`);
  run('bash', [path.join(here, '../real/python.sh')], INSTALL_MS);
  // It holds its own path and can not be renamed into place: one that was left unfinished is made anew.
  fs.rmSync(venv, { recursive: true, force: true });
  fs.mkdirSync(cache, { recursive: true });
  run('python3', ['-m', 'venv', venv], INSTALL_MS);
  const pip = ['-m', 'pip', 'install', '--quiet', `schemathesis==${VERSION}`];
  run(path.join(venv, 'bin/python'), pip, INSTALL_MS);
}

/** Starts the API and waits for its first line. @throws where it ends or stays silent; then it is killed */
async function start() {
  const at = process.argv.indexOf('--start');
  const [command, ...args] =
    at === -1
      ? [process.execPath, '--import', 'tsx', path.join(here, 'embeddedServer.mts')]
      : process.argv.slice(at + 1);
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: child.stdout });
  const settled = new AbortController();
  const { signal } = settled;
  try {
    const first = await Promise.race([
      once(lines, 'line', { signal }).then(([line]) => line),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`the API ended with exit code ${code}`);
      }),
      delay(START_MS, undefined, { signal }).then(() => {
        throw new Error(`the API did not listen within ${START_MS / 1000} s`);
      }),
    ]);
    lines.on('line', () => {});
    return { ...JSON.parse(first), child };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    settled.abort();
  }
}

/** Makes the topic that gentle_hooks.py puts into requests, so that they get past "there is no such topic". */
async function makeTopic({ url, key }) {
  const { status } = await fetch(`${url}/topics`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'contract', partitions: 3 }),
    signal: AbortSignal.timeout(60_000),
  });
  if (status !== 201 && status !== 409) throw new Error(`the topic could not be made: ${status}`);
}

/** One run; the same seed against a fresh server sends the same requests. Answers whether it was clean. */
function check(title, { url, key }, args) {
  console.log(`\n${title}`);
  // A folder of its own: it leaves its data base and its crash files behind.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-contract-'));
  const { status, error } = spawnSync(
    program,
    [
      ...['--config-file', path.join(here, 'schemathesis.toml'), 'run', `${url}/openapi.json`],
      ...['--checks', 'all', '--seed', '42', '-w', '1', '--continue-on-failure', '--no-color'],
      ...['--generation-database', 'none', ...args],
    ],
    {
      cwd: folder,
      timeout: RUN_MS,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        LKM_CONTRACT_KEY: key,
        SCHEMATHESIS_HOOKS: 'gentle_hooks',
        PYTHONPATH: here,
        PYTHONDONTWRITEBYTECODE: '1',
      },
    },
  );
  fs.rmSync(folder, { recursive: true, force: true });
  if (error) console.error(`${title}: ${error.message}`);
  return status === 0;
}

install();
const { LKM_CONTRACT_URL: givenUrl, LKM_CONTRACT_KEY: givenKey } = process.env;
const api = givenUrl && givenKey ? { url: givenUrl, key: givenKey } : await start();
let clean;
try {
  await makeTopic(api);
  // Stopping the cluster in the middle would turn every later answer into 503, so that has a run of its own.
  const main = check('all paths but those that stop the cluster', api, [
    ...['--phases', 'examples,coverage,fuzzing,stateful', '-n', '50'],
    ...['--exclude-path-regex', '^/cluster/(stop|restart)$'],
  ]);
  const cluster = check('starting and stopping the cluster', api, [
    ...['--phases', 'examples,coverage,fuzzing', '-n', '5', '--include-path-regex', '^/cluster/'],
  ]);
  clean = main && cluster;
} finally {
  api.child?.kill('SIGTERM');
}
console.log(clean ? 'the API keeps its contract' : 'the API breaks its contract');
process.exit(clean ? 0 : 1);
