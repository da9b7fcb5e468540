import * as z from 'zod';
import { partitionSchema } from './fields';

const stateSchema = z.enum(['stopped', 'starting', 'running', 'degraded', 'stopping', 'failed']);
const runtimeSchema = z.string().meta({ example: 'embedded' });

/** A cluster in a few words. */
export const clusterSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  runtime: runtimeSchema,
  state: stateSchema,
  active: z.boolean().meta({ description: 'The one that is meant where ?cluster= is left out.' }),
});

/** What is known of one cluster without asking it. */
export const clusterStatusSchema = clusterSummarySchema
  .extend({
    reason: z.string().optional().meta({ description: 'Why it is starting, degraded or failed.' }),
    remedy: z.string().optional(),
    bootstrap: z.array(z.string()).optional(),
    version: z.string().optional(),
    pid: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    started_at: z.iso.datetime().optional(),
    last_log: z.array(z.string()).optional().meta({ description: 'Last lines of a broker that failed.' }),
  })
  .meta({ id: 'ClusterStatus' });

export type ClusterStatusData = z.infer<typeof clusterStatusSchema>;

const brokerSchema = z.object({
  id: z.int().min(-1).max(2_147_483_647),
  host: z.string(),
  port: z.int().min(0).max(65_535),
  rack: z.string().nullable(),
  controller: z.boolean(),
});

/** The status, what the cluster itself says where it answers, and the other clusters. */
export const clusterReportSchema = clusterStatusSchema.extend({
  cluster_id: z.string().optional(),
  brokers: z.array(brokerSchema).optional(),
  clusters: z.array(clusterSummarySchema).meta({ description: 'All cluster profiles.' }),
});

export type ClusterReportData = z.infer<typeof clusterReportSchema>;

/** Answer of /health: no more than a status, since the path is open. */
export const healthSchema = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy', 'unknown']).meta({
      description: 'healthy: the active cluster runs. unknown: it is not started.',
    }),
    proof: z.string().optional().meta({
      description:
        'Only with ?nonce=: base64url(HMAC-SHA256(API key, "lkm-health:" nonce ":" port ":" scope)).',
    }),
  })
  .meta({ id: 'Health' });

/** Query of /health; unknown parameters are ignored, as probes like to add some. */
export const healthQuerySchema = z.object({
  nonce: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,64}$/, 'must be 16 to 64 of A-Z a-z 0-9 _ -')
    .optional()
    .meta({ description: 'Asks the server to prove that it knows the API key.' }),
});

/** Partition number with an offset. */
export const partitionOffsetSchema = z.object({
  partition: partitionSchema,
  offset: z.int().min(-1).max(Number.MAX_SAFE_INTEGER),
});
