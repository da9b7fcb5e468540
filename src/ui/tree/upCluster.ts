import type { ClusterManager } from '../../core/clusterManager';

/** Id of the active cluster where there is a connection to it, even if it did not answer the last call. */
export function upCluster(clusters: Pick<ClusterManager, 'activeId' | 'status'>): string | undefined {
  const id = clusters.activeId;
  if (id === undefined) return undefined;
  const { state } = clusters.status(id);
  return state === 'running' || state === 'degraded' ? id : undefined;
}
