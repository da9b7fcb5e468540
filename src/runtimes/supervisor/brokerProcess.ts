import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { BrokerLaunchPlan } from '../../contract/supervisor';
import { LineSplitter } from './lineSplitter';

/** How a process ended; `error` where it could not even be spawned. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

/** ms that the last output may take after the end of the process; a grandchild may hold the pipes for ever. */
const lastOutputMs = 300;

/** A broker's process, our own child: only its handle is ever signalled. */
export class BrokerProcess {
  readonly #child: ChildProcess;
  readonly #plan: BrokerLaunchPlan;
  readonly startedAt = Date.now();
  /** Resolves when the broker listens; stays pending where it ends before. */
  readonly listening: Promise<void>;
  /** Resolves when it has ended and its output has been read. */
  readonly ended: Promise<ProcessEnd>;
  #stopping: Promise<void> | undefined;

  constructor(plan: BrokerLaunchPlan, args: readonly string[], onLines: (lines: readonly string[]) => void) {
    this.#plan = plan;
    this.#child = spawn(plan.file, args, {
      cwd: plan.cwd,
      env: { ...process.env, ...plan.env },
      stdio: [plan.stdin === 'lease' ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    // Its end shows as the end of the process; until then nothing is ever written to it.
    this.#child.stdin?.on('error', () => {});
    let sawReadyLine: () => void = () => {};
    this.listening = new Promise<void>((resolve) => {
      sawReadyLine = resolve;
    });
    const output = new LineSplitter((lines) => {
      onLines(lines);
      if (lines.some((line) => line.includes(plan.readyLine))) sawReadyLine();
    });
    const errors = new LineSplitter(onLines);
    this.#child.stdout?.on('data', (chunk: Buffer) => output.write(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => errors.write(chunk));
    this.ended = this.#waitForEnd().then((end) => {
      output.end();
      errors.end();
      return end;
    });
  }

  /** undefined where it could not be spawned. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks it to end, ends it after the plan's stop timeout, and waits until it has ended. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    // Windows has no SIGTERM: kill() ends a process at once. The end of its standard input is the gentler way.
    if (process.platform === 'win32' && this.#child.stdin) this.#child.stdin.end();
    else this.#child.kill(this.#plan.stopSignal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), this.#plan.stopTimeoutMs);
    await this.ended;
    clearTimeout(timer);
  }

  #waitForEnd(): Promise<ProcessEnd> {
    return new Promise((resolve) => {
      let end: ProcessEnd | undefined;
      this.#child.once('error', (error) => {
        if (this.#child.pid === undefined) resolve({ code: null, signal: null, error });
      });
      this.#child.once('exit', (code, signal) => {
        end = { code, signal };
        setTimeout(resolve, lastOutputMs, end);
      });
      this.#child.once('close', () => {
        if (end) resolve(end);
      });
    });
  }
}
