import { type KafkaManagerError, toManagerError } from '../../contract/errors';
import type { ClusterManager } from '../../core/clusterManager';
import type { BrokerInfo } from '../../core/kafkaTypes';

/** The brokers of a cluster, or why they are not known. */
export type BrokerList = readonly BrokerInfo[] | KafkaManagerError;

/** What was last heard of the brokers of each cluster. */
export class BrokerLists {
  readonly #clusters: Pick<ClusterManager, 'describe'>;
  readonly #lists = new Map<string, BrokerList>();

  constructor(clusters: Pick<ClusterManager, 'describe'>) {
    this.#clusters = clusters;
  }

  /** The brokers as they were last asked for. */
  known(cluster: string): BrokerList | undefined {
    return this.#lists.get(cluster);
  }

  /** Asks for them. Answers whether they are others than before. */
  async load(cluster: string): Promise<boolean> {
    const before = JSON.stringify(this.#lists.get(cluster));
    const list = await this.#clusters.describe(cluster).then(
      ({ brokers }): BrokerList => brokers,
      (error: unknown): BrokerList => toManagerError(error),
    );
    this.#lists.set(cluster, list);
    return JSON.stringify(list) !== before;
  }

  /** Forgets those of a cluster that is not connected any more. */
  forget(cluster: string): void {
    this.#lists.delete(cluster);
  }
}
