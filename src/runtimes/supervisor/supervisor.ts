import type { BrokerLaunchPlan, SupervisedUsage, SupervisorState } from '../../contract/supervisor';
import type { BrokerLog } from './brokerLog';
import type { BrokerProcess } from './brokerProcess';
import { deleteBrokerRecord, endLeftBroker, writeBrokerRecord } from './brokerRecord';
import { launch } from './launch';
import { Lease } from './lease';
import type { StartTimer } from './lease';
import { cancelled, LaunchError, toFailure } from './launchError';
import { usageOf } from './processFacts';

const defaultGraceMs = 20_000;
/** Lines that go with the news of a broker's end. */
const lastLogLines = 50;

export interface SupervisorOptions {
  readonly profileDir: string;
  readonly log: BrokerLog;
  readonly startTimer: StartTimer;
  /** Told of every change, in order. */
  readonly onState: (state: SupervisorState) => void;
  /** Told of every line of the log. */
  readonly onLog: (lines: readonly string[]) => void;
  /** Nobody needs this supervisor any more, and no broker of it runs. */
  readonly onDone: () => void;
}

/** The one that keeps a profile's broker: starts it, stops it, and knows who needs it. */
export class Supervisor {
  readonly lease: Lease;
  readonly #options: SupervisorOptions;
  #state: SupervisorState = { state: 'idle' };
  #plan: BrokerLaunchPlan | undefined;
  #keepRunning = false;
  #broker: BrokerProcess | undefined;
  #starting: { readonly done: Promise<void>; readonly abort: AbortController } | undefined;
  #stopping: Promise<void> | undefined;
  /** Resolves when the end of the broker that runs has been dealt with. */
  #ended: Promise<void> = Promise.resolve();
  #endingLeft: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.lease = new Lease({
      graceMs: () => {
        if (!this.#isLive) return 0;
        return this.#keepRunning ? undefined : (this.#plan?.graceMs ?? defaultGraceMs);
      },
      onExpired: () => void this.finish(),
      startTimer: options.startTimer,
    });
  }

  get state(): SupervisorState {
    return this.#state;
  }

  /**
   * Starts the broker or joins the one that runs or starts, whatever its plan was.
   * @throws LaunchError
   */
  async start(plan: BrokerLaunchPlan): Promise<SupervisorState> {
    while (this.#stopping) await this.#stopping;
    if (this.#state.state === 'listening') return this.#state;
    if (!this.#starting) {
      const abort = new AbortController();
      const done = this.#launch(plan, abort.signal).finally(() => {
        this.#starting = undefined;
        this.lease.review();
      });
      this.#starting = { done, abort };
    }
    await this.#starting.done;
    return this.#state;
  }

  /** Stops the broker and waits until it has ended; the start that goes on is cancelled. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  /** Keeps the broker when all clients have gone, from now on. */
  keepRunning(): void {
    this.#keepRunning = true;
  }

  /** Waits for the stop that goes on, if one does. */
  async stopped(): Promise<void> {
    await this.#stopping;
  }

  /** Stops the broker, also a left one, and ends the supervisor if nobody came back meanwhile. */
  async finish(): Promise<void> {
    await this.stop();
    await this.#endLeft().catch((error: unknown) => this.#note(String(error)));
    if (!this.lease.isHeld && !this.#isLive) this.#options.onDone();
  }

  async usage(): Promise<SupervisedUsage | undefined> {
    return this.#broker?.pid === undefined ? undefined : usageOf(this.#broker.pid);
  }

  get #isLive(): boolean {
    return this.#starting !== undefined || this.#broker !== undefined;
  }

  /** Once only: whatever is recorded later is our own broker. */
  #endLeft(signal?: AbortSignal): Promise<void> {
    this.#endingLeft ??= endLeftBroker(this.#options.profileDir, signal).then(
      (left) => {
        if (left !== undefined) this.#note(`ended the broker ${left} that a killed supervisor had left`);
      },
      (error: unknown) => {
        this.#endingLeft = undefined;
        if (signal?.aborted) throw cancelled();
        throw error;
      },
    );
    return this.#endingLeft;
  }

  async #launch(plan: BrokerLaunchPlan, signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    this.#plan = plan;
    this.#keepRunning = plan.keepRunning ?? false;
    try {
      await this.#endLeft(signal);
      const broker = await launch(plan, {
        onLines: (lines) => this.#addLog(lines),
        onSpawned: (spawned) => this.#adopt(spawned, plan),
        lastLog: () => log.newest(lastLogLines),
        note: (message) => this.#note(message),
        signal,
      });
      if (this.#broker !== broker || signal.aborted) {
        throw new LaunchError({ code: 'CANCELLED', message: 'The broker ended as soon as it listened.' });
      }
      this.#setLive('listening', broker, plan);
    } catch (error) {
      this.#note(`start failed: ${toFailure(error).message}`);
      throw error;
    }
  }

  /** From here on the process is ours, whether it ever listens or not. */
  #adopt(broker: BrokerProcess, plan: BrokerLaunchPlan): Promise<void> {
    this.#broker = broker;
    this.#setLive('starting', broker, plan);
    const recorded = writeBrokerRecord(this.#options.profileDir, broker.pid!, plan).catch((error: unknown) =>
      this.#note(`broker.json could not be written: ${String(error)}`),
    );
    this.#ended = broker.ended.then(async (end) => {
      await recorded;
      await deleteBrokerRecord(this.#options.profileDir).catch(() => {});
      const expected = this.#stopping !== undefined;
      this.#broker = undefined;
      const lastLog = this.#options.log.newest(lastLogLines);
      this.#set({ state: 'exited', exit: { expected, code: end.code, signal: end.signal, lastLog } });
      this.lease.review();
    });
    return this.#ended;
  }

  async #stop(): Promise<void> {
    this.#starting?.abort.abort();
    const starting = this.#starting?.done.catch(() => {});
    const broker = this.#broker;
    if (broker) {
      if (this.#plan) this.#setLive('stopping', broker, this.#plan);
      await broker.stop();
    }
    await starting;
    await this.#ended;
  }

  #setLive(
    state: 'starting' | 'listening' | 'stopping',
    broker: BrokerProcess,
    plan: BrokerLaunchPlan,
  ): void {
    const { host, port, version } = plan;
    this.#set({ state, pid: broker.pid!, startedAt: broker.startedAt, host, port, version });
  }

  #set(state: SupervisorState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  #note(message: string): void {
    this.#addLog([`supervisor: ${message}`]);
  }

  #addLog(lines: readonly string[]): void {
    this.#options.onLog(this.#options.log.add(lines));
  }
}
