import type { Event } from '../../base/event';
import { DisposableStore } from '../../base/lifecycle';
import type { BrokerExit, BrokerUsage, RunningBroker } from '../../core/ports';
import type { ConnectionSettings } from '../../core/connection';
import type { ArchiveMaker } from './archiveMaker';

/**
 * ms that the making of the class-data archive may go on after the user said stop: long enough that a short session
 * mostly ends with an archive, and well below the 5 s within which everything has to have ended.
 */
const archiveGraceMs = 3000;
/** How a JVM ends that its archive has brought down. */
const crashSignals = new Set(['SIGSEGV', 'SIGBUS', 'SIGABRT']);

export interface JavaBrokerHooks {
  readonly maker: ArchiveMaker | undefined;
  /** The JVM itself crashed: whatever it used besides Kafka's code must not be used again. */
  readonly onCrash: () => void;
}

/** A supervised Java broker, with the work that goes on beside it. */
export class JavaBroker implements RunningBroker {
  readonly #inner: RunningBroker;
  readonly #hooks: JavaBrokerHooks;
  readonly #store = new DisposableStore();

  constructor(inner: RunningBroker, hooks: JavaBrokerHooks) {
    this.#inner = inner;
    this.#hooks = hooks;
    this.#store.add(inner);
    this.#store.add(
      inner.onDidExit((exit) => {
        // A stop by another terminal leaves it the same time as one of ours.
        if (exit.expected) void hooks.maker?.finish(archiveGraceMs);
        else hooks.maker?.cancel();
        if (!exit.expected && crashSignals.has(exit.signal ?? '')) hooks.onCrash();
      }),
    );
  }

  get connection(): ConnectionSettings {
    return this.#inner.connection;
  }

  get version(): string {
    return this.#inner.version;
  }

  get pid(): number | undefined {
    return this.#inner.pid;
  }

  get startedAt(): number {
    return this.#inner.startedAt;
  }

  get onDidExit(): Event<BrokerExit> {
    return this.#inner.onDidExit;
  }

  usage(signal?: AbortSignal): Promise<BrokerUsage | undefined> {
    return this.#inner.usage(signal);
  }

  logs(signal: AbortSignal): AsyncIterable<string> {
    return this.#inner.logs(signal);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#inner.stop(), this.#hooks.maker?.finish(archiveGraceMs)]);
  }

  async release(): Promise<void> {
    await Promise.all([this.#inner.release(), this.#hooks.maker?.finish(archiveGraceMs)]);
  }

  dispose(): void {
    this.#hooks.maker?.cancel();
    this.#store.dispose();
  }
}
