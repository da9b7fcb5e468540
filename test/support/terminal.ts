import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { spawnTracked } from './real/children';
import { until } from './until';

/** Built terminal entry. */
const headless = path.join(import.meta.dirname, '../../dist/headless.js');

export interface TerminalOptions {
  readonly args?: readonly string[];
  /** Replaces the environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Storage folder. */
  readonly data: string;
}

/** A call of the API. */
export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** The terminal entry as a user runs it, in a process of its own on free ports. */
export class Terminal {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #data: string;
  readonly exited: Promise<number | null>;

  constructor({ args = [], env = process.env, data }: TerminalOptions) {
    this.#data = data;
    const child = spawnTracked(process.execPath, [headless, '--data', data, ...args], { env, cwd: data });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
    this.exited = new Promise((resolve) => child.once('close', resolve));
  }

  get text(): string {
    return this.lines.join('\n');
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits for a line that matches; fails with everything that was printed. */
  async line(pattern: RegExp, deadlineMs = 30_000, from = 0): Promise<RegExpExecArray> {
    try {
      return await until(
        () => {
          for (const line of this.lines.slice(from)) {
            const match = pattern.exec(line);
            if (match) return match;
          }
          return undefined;
        },
        { deadlineMs, what: `a line like ${String(pattern)}`, everyMs: 10 },
      );
    } catch (cause) {
      throw new Error(`no line like ${String(pattern)} in:\n${this.text}`, { cause });
    }
  }

  /** Waits until the round trip is done and it tells how to go on. */
  async ready(deadlineMs = 60_000): Promise<this> {
    await Promise.race([
      this.line(/^Ctrl-C/, deadlineMs),
      this.exited.then((code) => {
        throw new Error(`the terminal ended with ${String(code)}:\n${this.text}`);
      }),
    ]);
    return this;
  }

  /** Where the API is, as it said last. */
  get url(): string {
    const found = this.lines.flatMap(
      (line) => /REST API (?:at )?\s*(http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1] ?? [],
    );
    return found.at(-1) ?? '';
  }

  get bootstrap(): string {
    return /^Kafka\s+(\S+)$/m.exec(this.text)?.[1] ?? '';
  }

  get brokerPid(): number {
    return Number(/Kafka is ready: .* process (\d+)/.exec(this.text)?.[1]);
  }

  get key(): string {
    return (
      /Bearer (lkm_[\w-]+)/.exec(fs.readFileSync(path.join(this.#data, 'secrets', 'curlrc'), 'utf8'))?.[1] ??
      ''
    );
  }

  /** Calls the API with the key. */
  async call(method: string, target: string, body?: unknown): Promise<ApiReply> {
    const response = await fetch(this.url + target, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body: answer };
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ctrl-C, and how long it took in ms. */
  async stop(): Promise<{ code: number | null; ms: number }> {
    const started = performance.now();
    if (this.isRunning) this.signal('SIGINT');
    return { code: await this.exited, ms: performance.now() - started };
  }
}

/** Whether the process is there (and no zombie that only waits to be reaped). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

/** Processes whose command line or environment names the folder: nothing of ours may be left there. */
export function processesOf(folder: string): number[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const environment = fs.readFileSync(`/proc/${pid}/environ`, 'utf8');
        return (command.includes(folder) || environment.includes(folder)) && isAlive(pid);
      } catch {
        return false;
      }
    });
}
