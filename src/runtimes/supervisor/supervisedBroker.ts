import type { Event } from '../../base/event';
import { toDisposable } from '../../base/lifecycle';
import type { SupervisorState } from '../../contract/supervisor';
import type { ConnectionSettings } from '../../core/connection';
import type { BrokerExit, BrokerUsage, RunningBroker } from '../../core/ports';
import { followLog } from './followLog';
import type { SupervisorClient } from './supervisorClient';

/** State of a broker that has a process. */
export type LiveState = Extract<SupervisorState, { readonly pid: number }>;

/** A broker that a supervisor keeps, as this client sees it. The client belongs to it. */
export class SupervisedBroker implements RunningBroker {
  readonly connection: ConnectionSettings;
  readonly version: string;
  readonly pid: number;
  readonly port: number;
  readonly startedAt: number;
  readonly #client: SupervisorClient;
  readonly #listeners = new Set<(exit: BrokerExit) => void>();
  #exit: BrokerExit | undefined;
  readonly #endLost: () => Promise<void>;
  #lost: Promise<void> | undefined;
  #disposed = false;

  /** @param endLost ends the broker where its supervisor was killed; nothing is done where that runs */
  constructor(client: SupervisorClient, live: LiveState, endLost: () => Promise<void>) {
    this.#client = client;
    this.#endLost = endLost;
    this.connection = { bootstrap: [`${live.host}:${live.port}`] };
    this.version = live.version;
    this.pid = live.pid;
    this.port = live.port;
    this.startedAt = live.startedAt;
    client.onDidChangeState((state) => {
      if (state.state === 'exited') this.#ended(state.exit);
    });
    client.onDidClose(() => {
      if (this.#disposed || this.#exit) return;
      // The supervisor was killed, and perhaps nobody starts the profile again.
      this.#endIfLost().catch(() => {});
      this.#ended({ expected: false, code: null, signal: null, lastLog: [] });
    });
    if (client.state.state === 'exited') this.#ended(client.state.exit);
  }

  /** A listener that comes after the end is told as well. */
  readonly onDidExit: Event<BrokerExit> = (listener) => {
    const own = (exit: BrokerExit): void => listener(exit);
    this.#listeners.add(own);
    const forget = toDisposable(() => this.#listeners.delete(own));
    const exit = this.#exit;
    if (exit) {
      queueMicrotask(() => {
        if (this.#listeners.delete(own)) own(exit);
      });
    }
    return forget;
  };

  async usage(): Promise<BrokerUsage | undefined> {
    return this.#exit ? undefined : this.#client.usage().catch(() => undefined);
  }

  logs(signal: AbortSignal): AsyncIterable<string> {
    return followLog(this.#client, signal);
  }

  async stop(): Promise<void> {
    if (this.#exit) {
      await this.#lost;
      return;
    }
    try {
      await this.#client.stop();
    } catch (error) {
      // The end of the broker closes the connection, perhaps before the answer is here.
      if (!this.#hasEnded()) throw error;
      await this.#lost;
    }
  }

  async release(): Promise<void> {
    this.#disposed = true;
    if (!this.#exit) await this.#client.release();
    // It may be just now that the supervisor was killed.
    await this.#endIfLost();
  }

  dispose(): void {
    this.#disposed = true;
    this.#client.dispose();
  }

  /** A call, since the compiler takes a property for unchanged across an await. */
  #hasEnded(): boolean {
    return this.#exit !== undefined;
  }

  #endIfLost(): Promise<void> {
    this.#lost ??= this.#endLost();
    return this.#lost;
  }

  #ended(exit: BrokerExit): void {
    if (this.#exit) return;
    this.#exit = exit;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener(exit);
    // Nothing is left to hold: where nobody starts it again, the supervisor can go.
    this.#client.dispose();
  }
}
