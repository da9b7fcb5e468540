import type { RouteConfig } from '@hono/zod-openapi';
import type * as z from 'zod';
import { type ErrorCode, errorTable } from '../contract/errorTable';
import { failureEnvelopeSchema, successEnvelope } from '../contract/rest/envelope';
import type { RouteSpec } from './route';

/** Errors that the guard or the router can answer on every path. */
const EVERYWHERE: readonly ErrorCode[] = ['FORBIDDEN', 'NOT_ACCEPTABLE', 'MISDIRECTED_REQUEST'];
/** On every path that needs the key. */
const WITH_KEY: readonly ErrorCode[] = ['UNAUTHORIZED', 'RATE_LIMITED'];
const WITH_INPUT: readonly ErrorCode[] = ['VALIDATION_ERROR', 'MALFORMED_REQUEST'];
const WITH_BODY: readonly ErrorCode[] = ['UNSUPPORTED_MEDIA_TYPE', 'PAYLOAD_TOO_LARGE'];
/** On every path that speaks to a cluster. */
export const CLUSTER_ERRORS: readonly ErrorCode[] = [
  'CLUSTER_NOT_FOUND',
  'CLUSTER_NOT_RUNNING',
  'KAFKA_CONNECTION_ERROR',
  'KAFKA_AUTHORIZATION_FAILED',
  'KAFKA_ERROR',
  'UNSUPPORTED_BY_BROKER',
  'TIMEOUT',
];

const text = (description: string): { schema: { type: 'string' }; description: string } => ({
  description,
  schema: { type: 'string' },
});

/** Headers that go with a status. */
const STATUS_HEADERS: Readonly<Record<number, Record<string, ReturnType<typeof text>>>> = {
  201: { Location: text('Path of what was created.') },
  401: { 'WWW-Authenticate': text('Bearer') },
  429: { 'Retry-After': text('Seconds to wait.') },
};

/** The OpenAPI operation of a route. */
export function describeRoute(spec: RouteSpec<z.ZodType, z.ZodType, z.ZodType>): RouteConfig {
  const status = spec.status ?? 200;
  return {
    method: spec.method,
    path: spec.path,
    operationId: spec.id,
    summary: spec.summary,
    ...(spec.description && { description: spec.description }),
    tags: [spec.tag],
    security: spec.open ? [] : [{ bearer: [] }],
    request: {
      ...(spec.params && { params: spec.params as z.ZodObject }),
      ...(spec.query && { query: spec.query as z.ZodObject }),
      ...(spec.body && {
        body: { required: true, content: { 'application/json': { schema: spec.body } } },
      }),
    },
    responses: {
      [status]: {
        description: 'Done.',
        ...(STATUS_HEADERS[status] && { headers: STATUS_HEADERS[status] }),
        content: {
          'application/json': { schema: successEnvelope(spec.data) },
          ...(spec.lines && { 'application/x-ndjson': { schema: spec.lines } }),
        },
      },
      ...failures(spec),
    },
  };
}

/** One response for each status, naming the codes that it stands for. */
function failures(spec: RouteSpec<z.ZodType, z.ZodType, z.ZodType>): RouteConfig['responses'] {
  const codes = [
    ...EVERYWHERE,
    ...(spec.open ? [] : WITH_KEY),
    ...(spec.params || spec.query || spec.body ? WITH_INPUT : []),
    ...(spec.body ? WITH_BODY : []),
    ...spec.errors,
  ];
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorTable[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      status,
      {
        description: names.map((name) => `${name}: ${errorTable[name].sentence}`).join('\n\n'),
        ...(STATUS_HEADERS[status] && { headers: STATUS_HEADERS[status] }),
        content: { 'application/json': { schema: failureEnvelopeSchema } },
      },
    ]),
  );
}
