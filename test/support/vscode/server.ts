import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempDir, removeTempDir } from '../real/tempDir';
import { until } from '../until';
import { logFiles } from './logFiles';
import { processesOf, signalProcess } from './processesOf';
import { QUIET_SETTINGS } from './quietSettings';
import type { Settings } from './quietSettings';
import { vscodeParts } from './vscodeParts';
import { installVsix } from './vsix';

/** How a VS Code server is started. */
export interface ServerOptions {
  /** On top of the quiet ones; an open window notices {@link VscodeServer.writeSettings} only after a reload. */
  readonly settings?: Settings;
  /** On top of this process' environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** VS Code's own extensions besides its themes: few by default, since each costs time at every start. */
  readonly builtins?: readonly string[] | 'all';
  /** Restricted Mode is on until the test trusts the folder. Off by default: every folder is trusted. */
  readonly workspaceTrust?: boolean;
  /** Extensions that are installed already; by default the packed VSIX is installed into a fresh folder. */
  readonly extensionsDir?: string;
  /** Lets a page run a test bundle in the extension host. Toasts are suppressed then. */
  readonly smokeTestDriver?: boolean;
  /** Seconds that an extension host waits for a window that went without saying so; VS Code's default is hours. */
  readonly reconnectionGraceSeconds?: number;
}

/** Servers that still run; on this process' end they end too. One list, since it is one process' end. */
const running = new Set<VscodeServer>();
let watching = false;

function endAll(): void {
  for (const server of running) server.endNow();
}

function watchOwnEnd(): void {
  if (watching) return;
  watching = true;
  process.on('exit', endAll);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      endAll();
      process.kill(process.pid, signal);
    });
  }
}

/** A VS Code server with its own data, settings and extensions, which several windows can be opened on. */
export class VscodeServer {
  /** Holds everything that this server writes, its temporary files included. */
  readonly dataDir: string;
  /** `127.0.0.1:port`, the authority of this server's remote URIs. */
  readonly authority: string;
  readonly #process: ChildProcess;
  readonly #output: string[];
  readonly #settings: Settings;

  constructor(dataDir: string, port: number, child: ChildProcess, output: string[], settings: Settings) {
    this.dataDir = dataDir;
    this.authority = `127.0.0.1:${port}`;
    this.#process = child;
    this.#output = output;
    this.#settings = settings;
    running.add(this);
  }

  /** What the server printed. */
  get output(): string {
    return this.#output.join('');
  }

  get ended(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Calls back when the server ends. */
  onceEnded(listener: () => void): void {
    this.#process.once('exit', listener);
  }

  /** Address of a window on a folder, or of an empty one. */
  url(folder?: string): string {
    const query = new URLSearchParams(folder === undefined ? { ew: 'true' } : { folder });
    return `http://${this.authority}/?${query.toString()}`;
  }

  /** Rewrites the user's settings: what the server started with and these. Reload the window to see them. */
  async writeSettings(more: Settings): Promise<void> {
    await writeSettingsFiles(this.dataDir, { ...this.#settings, ...more });
  }

  /** Text of the log files whose path has a part, by path: `local-kafka-manager` finds the extension's own. */
  logs(part: string): ReadonlyMap<string, string> {
    return new Map(logFiles(this.dataDir, part).map((path) => [path, readFileSync(path, 'utf8')]));
  }

  /** Ends the server, and the brokers that were started from it, and removes its data. */
  async stop(): Promise<void> {
    if (!this.ended) {
      const exit = once(this.#process, 'exit');
      signalProcess(-this.#process.pid!, 'SIGTERM');
      const timer = setTimeout(() => signalProcess(-this.#process.pid!, 'SIGKILL'), 3000);
      await exit;
      clearTimeout(timer);
    }
    this.#endWhatItStarted();
    running.delete(this);
    await until(() => processesOf(this.dataDir).length === 0, {
      deadlineMs: 5000,
      what: 'the end of all that VS Code started',
    });
    await removeTempDir(this.dataDir);
  }

  /** {@link stop} for the end of this process, where nothing can be waited for. */
  endNow(): void {
    this.#endWhatItStarted();
    running.delete(this);
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  #endWhatItStarted(): void {
    signalProcess(-this.#process.pid!, 'SIGKILL');
    for (const pid of processesOf(this.dataDir)) signalProcess(pid, 'SIGKILL');
  }
}

/** Built-in extensions to start with: a folder of links to the few that are wanted. */
async function builtinArgs(
  dataDir: string,
  from: string,
  wanted: ServerOptions['builtins'],
): Promise<string[]> {
  if (wanted === 'all') return [];
  const folder = join(dataDir, 'builtins');
  await mkdir(folder);
  for (const name of new Set(['theme-defaults', ...(wanted ?? [])])) {
    await symlink(join(from, name), join(folder, name));
  }
  return ['--builtin-extensions-dir', folder];
}

function environment(dataDir: string, more: ServerOptions['env']): NodeJS.ProcessEnv {
  // What a VS Code around this test run tells its children is not for ours; sockets go where TMPDIR says.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|XDG_RUNTIME_DIR$)/.test(name),
  );
  return { ...Object.fromEntries(inherited), TMPDIR: join(dataDir, 'tmp'), ...more };
}

/** A browser's window is a remote one: VS Code takes settings of the scope `machine` from the machine's file only. */
async function writeSettingsFiles(dataDir: string, settings: Settings): Promise<void> {
  const text = JSON.stringify(settings, null, 2);
  for (const folder of ['User', 'Machine']) await writeFile(join(dataDir, folder, 'settings.json'), text);
}

/** Starts a VS Code server on a free port, with the packed extension installed. Takes about half a second. */
export async function startServer(options: ServerOptions = {}): Promise<VscodeServer> {
  watchOwnEnd();
  const parts = await vscodeParts();
  const dataDir = await makeTempDir('vscode');
  for (const folder of ['User', 'Machine', 'tmp']) await mkdir(join(dataDir, folder));
  const trust = options.workspaceTrust === true;
  const settings = { ...QUIET_SETTINGS, 'security.workspace.trust.enabled': trust, ...options.settings };
  await writeSettingsFiles(dataDir, settings);
  const extensionsDir = options.extensionsDir ?? join(dataDir, 'extensions');
  if (options.extensionsDir === undefined) await installVsix(extensionsDir);

  const args = [parts.serverMain, '--host', '127.0.0.1', '--port', '0', '--without-connection-token'];
  args.push('--accept-server-license-terms', '--server-data-dir', dataDir, '--user-data-dir', dataDir);
  args.push('--extensions-dir', extensionsDir, '--disable-telemetry', '--disable-experiments');
  args.push('--disable-getting-started-override', '--force-disable-user-env');
  args.push(...(await builtinArgs(dataDir, parts.builtins, options.builtins)));
  if (!trust) args.push('--disable-workspace-trust');
  if (options.smokeTestDriver === true) args.push('--enable-smoke-test-driver');
  if (options.reconnectionGraceSeconds !== undefined) {
    args.push('--reconnection-grace-time', String(options.reconnectionGraceSeconds));
  }
  // Its own group, so that its helpers end with it; and it ends with this process, even when that is killed.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', parts.node, ...args], {
    env: environment(dataDir, options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const bound = await until(
    () => {
      if (failure !== undefined || child.exitCode !== null) return 'ended' as const;
      return /Server bound to 127\.0\.0\.1:(\d+)/.exec(output.join(''))?.[1];
    },
    { deadlineMs: 30_000, what: 'the VS Code server to listen' },
  ).catch((error: unknown) => {
    if (child.pid !== undefined) signalProcess(-child.pid, 'SIGKILL');
    throw new Error(`${String(error)}:\n${output.join('')}`, { cause: error });
  });
  if (bound === 'ended') {
    throw new Error(`the VS Code server ended at its start:\n${output.join('')}`, { cause: failure });
  }
  return new VscodeServer(dataDir, Number(bound), child, output, settings);
}
