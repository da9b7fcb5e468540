import {
  type ClusterReportData,
  type ClusterStatusData,
  clusterReportSchema,
  clusterStatusSchema,
} from '../../contract/rest/cluster';
import { clusterQuerySchema } from '../../contract/rest/fields';
import type { ClusterStatus } from '../../core/clusterStatus';
import type { ErrorCode } from '../../contract/errorTable';
import { addRoute, type ApiApp } from '../route';
import type { ApiServices } from '../services';

/** Longest time in ms that a start is waited for; it goes on afterwards. */
const START_DEADLINE_MS = 120_000;

const START_ERRORS: readonly ErrorCode[] = [
  'CLUSTER_NOT_FOUND',
  'CLUSTER_START_FAILED',
  'RUNTIME_UNAVAILABLE',
  'DATA_DIRECTORY_IN_USE',
  'TIMEOUT',
];

/** /cluster/status, start, stop and restart. */
export function addClusterRoutes(app: ApiApp, services: ApiServices): void {
  const { clusters } = services;
  addRoute(
    app,
    services,
    {
      method: 'get',
      path: '/cluster/status',
      id: 'getClusterStatus',
      tag: 'Cluster',
      summary: 'State of a cluster, its brokers, and the other clusters',
      query: clusterQuerySchema,
      data: clusterReportSchema,
      errors: ['CLUSTER_NOT_FOUND', 'TIMEOUT'],
    },
    async ({ query: { cluster }, signal }) => {
      const status = clusters.status(cluster);
      return { data: await report(services, status, signal), message: sentence(status) };
    },
  );
  for (const action of ['start', 'stop', 'restart'] as const) {
    addRoute(
      app,
      services,
      {
        method: 'post',
        path: `/cluster/${action}`,
        id: `${action}Cluster`,
        tag: 'Cluster',
        summary: `${action.charAt(0).toUpperCase()}${action.slice(1)} a cluster and wait until it is done`,
        query: clusterQuerySchema,
        data: clusterStatusSchema,
        errors: START_ERRORS,
        deadlineMs: START_DEADLINE_MS,
      },
      async ({ query: { cluster } }) => {
        // Starts are shared with other doors, so a caller that goes away only stops waiting.
        const status = await clusters[action](cluster);
        return { data: statusData(services, status), message: sentence(status) };
      },
    );
  }
}

function sentence({ name, state }: ClusterStatus): string {
  return `Cluster "${name}" is ${state}.`;
}

function statusData({ clusters }: ApiServices, status: ClusterStatus): ClusterStatusData {
  const { id, name, runtime, state, reason, remedy, bootstrap, version, pid, startedAt, lastLog } = status;
  return {
    id,
    name,
    runtime,
    state,
    active: id === clusters.activeId,
    ...(reason !== undefined && { reason }),
    ...(remedy !== undefined && { remedy }),
    ...(bootstrap && { bootstrap: [...bootstrap] }),
    ...(version !== undefined && { version }),
    ...(pid !== undefined && { pid }),
    ...(startedAt !== undefined && { started_at: new Date(startedAt).toISOString() }),
    ...(lastLog && { last_log: [...lastLog] }),
  };
}

async function report(
  services: ApiServices,
  status: ClusterStatus,
  signal: AbortSignal,
): Promise<ClusterReportData> {
  const { clusters, logger } = services;
  const described =
    status.state === 'running'
      ? await clusters.describe(status.id, signal).catch((error: unknown) => {
          // The status is worth answering also when the cluster itself has just gone.
          logger.warn(`cluster ${status.id} did not describe itself: ${String(error)}`);
          return undefined;
        })
      : undefined;
  return {
    ...statusData(services, clusters.status(status.id)),
    ...(described && {
      cluster_id: described.clusterId,
      brokers: described.brokers.map(({ id, host, port, rack, isController }) => ({
        id,
        host,
        port,
        rack,
        controller: isController,
      })),
    }),
    clusters: clusters.profiles().map(({ id, name, runtime }) => ({
      id,
      name,
      runtime,
      state: clusters.status(id).state,
      active: id === clusters.activeId,
    })),
  };
}
