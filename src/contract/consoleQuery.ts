import * as z from 'zod';

/*
 * Schemas of what a console asks for. They are the shapes of core's ConnectionSettings, ScanQuery, TailQuery, RecordFilter
 * and HistogramQuery; where core's types change, the compiler finds the place where they meet (core/console).
 */

const partition = z.int().min(0);
const offset = z.int().min(0);
const ms = z.int().min(0);
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'bytes are expected');
const offsets = z.union([offset, z.map(partition, offset).readonly()]);
const isolation = z.enum(['read_committed', 'read_uncommitted']);
const fields = z.array(z.enum(['key', 'value', 'headers'])).readonly();

const tlsSchema = z.object({
  ca: z.exactOptional(z.string()),
  cert: z.exactOptional(z.string()),
  key: z.exactOptional(z.string()),
  passphrase: z.exactOptional(z.string()),
  servername: z.exactOptional(z.string()),
  rejectUnauthorized: z.exactOptional(z.boolean()),
});

const saslSchema = z.union([
  z.object({
    mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']),
    username: z.string(),
    password: z.string(),
  }),
  z.object({
    mechanism: z.literal('OAUTHBEARER'),
    tokenEndpoint: z.string(),
    clientId: z.string(),
    clientSecret: z.string(),
    scope: z.exactOptional(z.string()),
  }),
]);

/** How the console's own connection is made. Secrets are in it: it travels by postMessage only. */
export const consoleConnectionSchema = z.object({
  bootstrap: z.array(z.string()).min(1).readonly(),
  tls: z.exactOptional(z.union([tlsSchema, z.literal(true)])),
  sasl: z.exactOptional(saslSchema),
  clientId: z.exactOptional(z.string()),
});

const simpleFilters = [
  z.object({
    kind: z.literal('contains'),
    bytes,
    ignoreCase: z.exactOptional(z.boolean()),
    fields: z.exactOptional(fields),
  }),
  z.object({
    kind: z.literal('regex'),
    source: z.string(),
    flags: z.exactOptional(z.string()),
    fields: z.exactOptional(fields),
  }),
  z.object({
    kind: z.literal('header'),
    key: z.string(),
    value: z.exactOptional(bytes.nullable()),
  }),
  z.object({
    kind: z.literal('jsonPath'),
    path: z.string(),
    field: z.exactOptional(z.enum(['key', 'value'])),
  }),
  z.object({ kind: z.literal('expression'), text: z.string() }),
] as const;

/** A filter that is not made of others. */
type SimpleFilter = z.infer<(typeof simpleFilters)[number]>;

/** Which records count; core's RecordFilter. */
export type ConsoleFilter =
  SimpleFilter | { readonly kind: 'all'; readonly filters: readonly ConsoleFilter[] };

/** How deep filters of the kind `all` can lie in each other; the same as in core. */
const mostDepth = 4;

/** {@link ConsoleFilter}; of bounded depth, since one that went on for ever would overflow the stack of who checks it. */
export const consoleFilterSchema = filterSchema(mostDepth);

function filterSchema(depth: number): z.ZodType<ConsoleFilter> {
  const message = `Filters can lie ${mostDepth} deep in each other at most.`;
  const filters =
    depth > 0
      ? z.array(filterSchema(depth - 1)).readonly()
      : z.custom<readonly ConsoleFilter[]>(() => false, message);
  return z.discriminatedUnion('kind', [...simpleFilters, z.object({ kind: z.literal('all'), filters })]);
}

const positionSchema = z.object({
  topic: z.string(),
  direction: z.enum(['oldest', 'newest']),
  partitions: z.map(partition, z.object({ next: offset, end: offset })).readonly(),
  remaining: z.exactOptional(z.int().min(1)),
});

const startSchema = z.discriminatedUnion('at', [
  z.object({ at: z.literal('beginning') }),
  z.object({ at: z.literal('end') }),
  z.object({ at: z.literal('last'), count: z.int().min(1) }),
  z.object({ at: z.literal('offset'), offset: offsets }),
  z.object({ at: z.literal('time'), timestamp: ms }),
  z.object({ at: z.literal('position'), position: positionSchema }),
]);

const endSchema = z.discriminatedUnion('at', [
  z.object({ at: z.literal('end') }),
  z.object({ at: z.literal('offset'), offset: offsets }),
  z.object({ at: z.literal('time'), timestamp: ms }),
]);

const selection = {
  topic: z.string().min(1),
  partitions: z.exactOptional(z.array(partition).readonly()),
  isolation: z.exactOptional(isolation),
  filter: z.exactOptional(consoleFilterSchema),
  checkCrc: z.exactOptional(z.boolean()),
  limit: z.exactOptional(z.int().min(1)),
  maxBytes: z.exactOptional(z.int().min(1)),
};

/** A bounded read; core's ScanQuery. */
export const consoleScanSchema = z.object({
  ...selection,
  from: startSchema,
  to: z.exactOptional(endSchema),
  direction: z.exactOptional(z.enum(['oldest', 'newest'])),
});

/** A live read; core's TailQuery. */
export const consoleTailSchema = z.object({ ...selection, from: z.exactOptional(startSchema) });

/** Counts over time; core's HistogramQuery. */
export const consoleHistogramSchema = z.object({
  topic: z.string().min(1),
  partitions: z.exactOptional(z.array(partition).readonly()),
  isolation: z.exactOptional(isolation),
  from: z.exactOptional(ms),
  to: z.exactOptional(ms),
  buckets: z.exactOptional(z.int().min(1)),
  compacted: z.exactOptional(z.boolean()),
  timestampType: z.exactOptional(z.enum(['CreateTime', 'LogAppendTime'])),
  transactional: z.exactOptional(z.boolean()),
});
