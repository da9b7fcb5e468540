import type { ClusterManager } from '../../core/clusterManager';
import type { RunningBroker } from '../../core/ports';

/** Shortest time between two questions in ms: memory is no news. */
const EVERY_MS = 15_000;

/** How much memory the broker of a cluster uses, as it was told last. */
export class Usage {
  readonly #clusters: Pick<ClusterManager, 'broker'>;
  #broker: RunningBroker | undefined;
  #bytes: number | undefined;
  #askedAt = 0;

  constructor(clusters: Pick<ClusterManager, 'broker'>) {
    this.#clusters = clusters;
  }

  /** Resident memory in bytes; undefined where it is not known of the broker that runs now. */
  bytesOf(id: string): number | undefined {
    return this.#clusters.broker(id) === this.#broker ? this.#bytes : undefined;
  }

  /** Asks the broker, unless it was asked just before. Never throws: who can't tell its memory has none to show. */
  async ask(id: string): Promise<void> {
    const broker = this.#clusters.broker(id);
    const now = Date.now();
    if (!broker || (broker === this.#broker && now - this.#askedAt < EVERY_MS)) return;
    if (broker !== this.#broker) this.#bytes = undefined;
    this.#broker = broker;
    this.#askedAt = now;
    const usage = await broker.usage().catch(() => undefined);
    if (this.#broker === broker) this.#bytes = usage?.residentBytes;
  }
}
