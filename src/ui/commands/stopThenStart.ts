import type { ClusterManager } from '../../core/clusterManager';
import type { ClusterStatus } from '../../core/clusterStatus';

/**
 * Stops a cluster and starts it again. While its broker still stops there is no start that a stop could break off: what
 * is broken off then ends here, before there is one.
 * @throws AbortError where it was broken off, and what stop and start throw
 */
export async function stopThenStart(
  clusters: Pick<ClusterManager, 'start' | 'stop'>,
  id: string,
  signal: AbortSignal,
): Promise<ClusterStatus> {
  await clusters.stop(id);
  signal.throwIfAborted();
  return clusters.start(id);
}
