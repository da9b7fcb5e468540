import type { ClusterManager } from '../clusterManager';
import type { KafkaGateway } from '../ports';

/** The connection of a cluster while something is done on it that lasts longer than one call. */
export interface HeldGateway {
  readonly gateway: KafkaGateway;
  /** To be called once, at the end, with what went wrong last: the state of the cluster follows from it. */
  readonly end: (error: Error | undefined) => void;
}

/**
 * The connection of a cluster for a generator, whose caller decides how long it runs: the state of the cluster is kept
 * true as by ClusterManager.use().
 * @throws CLUSTER_NOT_RUNNING, CLUSTER_NOT_FOUND
 */
export function heldGateway(clusters: ClusterManager, cluster: string | undefined): Promise<HeldGateway> {
  return new Promise((resolve, reject) => {
    const used = clusters.use(cluster, (gateway) => {
      return new Promise<void>((done, fail) => {
        resolve({ gateway, end: (error) => (error ? fail(error) : done()) });
      });
    });
    // What end() was told comes back here, when nobody listens any more.
    used.catch(reject);
  });
}
