import { healthQuerySchema, healthSchema } from '../../contract/rest/cluster';
import type { ClusterState } from '../../core/clusterStatus';
import { addRoute, type ApiApp } from '../route';
import type { ApiServices } from '../services';

const HEALTH = {
  running: 'healthy',
  degraded: 'degraded',
  failed: 'unhealthy',
  stopped: 'unknown',
  starting: 'unknown',
  stopping: 'unknown',
} as const satisfies Record<ClusterState, string>;

/** GET /health: open, so it tells a status and nothing else. */
export function addHealthRoute(app: ApiApp, services: ApiServices): void {
  addRoute(
    app,
    services,
    {
      method: 'get',
      path: '/health',
      id: 'getHealth',
      tag: 'Service',
      summary: 'Whether the API and the active cluster are well',
      query: healthQuerySchema,
      data: healthSchema,
      errors: [],
      open: true,
    },
    async ({ query: { nonce } }) => {
      const { clusters } = services;
      const state = clusters.activeId === undefined ? undefined : clusters.status().state;
      const proof = nonce === undefined ? undefined : services.prove?.(nonce);
      return Promise.resolve({
        data: { status: state ? HEALTH[state] : 'unknown', ...(proof !== undefined && { proof }) },
        message: `The API answers; ${state ? `the active cluster is ${state}` : 'no cluster is set up'}.`,
      });
    },
  );
}
