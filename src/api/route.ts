import { setMaxListeners } from 'node:events';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as z from 'zod';
import { abortable } from '../base/async';
import { KafkaManagerError } from '../contract/errors';
import type { ErrorCode } from '../contract/errorTable';
import { parseJsonBody } from './jsonBody';
import { isJsonType } from './mediaType';
import { negotiate } from './negotiate';
import { describeRoute } from './openapi';
import type { RequestTrace } from './requestLog';
import type { ApiServices } from './services';
import { validate } from './validate';

/** What comes along with a request from the guard, and what the app notes about it. */
export interface ApiEnv {
  Bindings: { trace?: RequestTrace };
  Variables: { requestId: string };
}

export type ApiApp = OpenAPIHono<ApiEnv>;

export const JSON_TYPE = 'application/json';
export const NDJSON_TYPE = 'application/x-ndjson';

/** A route: what it takes, what it answers, which errors it knows. The OpenAPI document is made of it too. */
export interface RouteSpec<
  P extends z.ZodType = z.ZodType<undefined>,
  Q extends z.ZodType = z.ZodType<undefined>,
  B extends z.ZodType = z.ZodType<undefined>,
  D extends z.ZodType = z.ZodType,
> {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** With {name} for parameters; served under /v1 as well. */
  readonly path: string;
  /** Stable name for generated clients. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: 'Cluster' | 'Topics' | 'Messages' | 'Service';
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Checks the body in place of `body`, where that would take long at a stretch. */
  readonly readBody?: (input: unknown) => Promise<z.output<B>>;
  /** The `data` of a success. */
  readonly data: D;
  /** 200 where left out. 201 carries a Location header. */
  readonly status?: 200 | 201;
  /** Lines of application/x-ndjson, where it can stream. */
  readonly lines?: z.ZodType;
  /** Errors besides those that every route knows. */
  readonly errors: readonly ErrorCode[];
  /** Needs no key. */
  readonly open?: true;
  /**
   * Longest time in ms until the answer, 30,000 where left out. Then TIMEOUT is answered, whatever the handler waits for.
   */
  readonly deadlineMs?: number;
}

/** A validated request. */
export interface RouteRequest<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Media type to answer with, out of those that the route offers. */
  readonly accepted: string;
  /** Aborted when the client goes away or the deadline is over. */
  readonly signal: AbortSignal;
  /** `/v1` where it was asked through that, else empty. */
  readonly prefix: string;
  readonly requestId: string;
}

/** A success; the envelope is put around it. */
export interface Reply<D> {
  readonly data: D;
  /** One sentence for people. */
  readonly message: string;
  readonly location?: string;
}

const NO_FIELDS = z.strictObject({});

/** Longest time in ms until the answer where a route names none. */
export const DEADLINE_MS = 30_000;

/** What the guard noted of a request; undefined where the app was asked without a guard. */
export function traceOf(c: Pick<Context<ApiEnv>, 'env'>): RequestTrace | undefined {
  return (c.env as ApiEnv['Bindings'] | undefined)?.trace;
}

/**
 * Adds a route under its path and under /v1. Checks come in one order: Accept (406), media type (415), JSON (400),
 * fields (422), then the handler.
 */
export function addRoute<
  P extends z.ZodType = z.ZodType<undefined>,
  Q extends z.ZodType = z.ZodType<undefined>,
  B extends z.ZodType = z.ZodType<undefined>,
  D extends z.ZodType = z.ZodType,
>(
  app: ApiApp,
  services: ApiServices,
  spec: RouteSpec<P, Q, B, D>,
  handler: (
    request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>>,
  ) => Promise<Reply<z.input<D>> | Response>,
): void {
  app.openAPIRegistry.registerPath(describeRoute(spec));
  const offers: [string, ...string[]] = spec.lines ? [JSON_TYPE, NDJSON_TYPE] : [JSON_TYPE];
  const path = spec.path.replaceAll(/\{(\w+)\}/g, ':$1');
  app.on([spec.method.toUpperCase()], [path, `/v1${path}`], async (c) => {
    const trace = traceOf(c);
    if (trace) trace.route = spec.path;
    const accepted = negotiate(c.req.header('accept'), offers);
    const body = await readJson(c, spec.body);
    const signal = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(spec.deadlineMs ?? DEADLINE_MS)]);
    // Every record of a batch listens to it; that is no leak.
    setMaxListeners(0, signal);
    const request = {
      params: spec.params && validate(spec.params, c.req.param()),
      query: spec.query && validate(spec.query, queryOf(c)),
      body: spec.readBody ? await spec.readBody(body) : spec.body && validate(spec.body, body),
      accepted,
      signal,
      prefix: c.req.path.startsWith('/v1/') ? '/v1' : '',
      requestId: c.get('requestId'),
    } as RouteRequest<z.output<P>, z.output<Q>, z.output<B>>;
    const reply = await inTime(handler(request), signal);
    if (reply instanceof Response) {
      // Nobody will read what a HEAD began to stream.
      if (c.req.method === 'HEAD') await reply.body?.cancel();
      return reply;
    }
    return c.json(
      {
        success: true,
        data: reply.data,
        message: reply.message,
        timestamp: new Date(services.clock.now()).toISOString(),
      },
      spec.status ?? 200,
      reply.location === undefined ? {} : { Location: reply.location },
    );
  });
}

/** The reply, where it comes before the signal: not every wait for a broker can be ended by that. */
function inTime<R>(reply: Promise<R>, signal: AbortSignal): Promise<R> {
  const late = (answer: R): void => {
    if (signal.aborted && answer instanceof Response) answer.body?.cancel().catch(() => {});
  };
  reply.then(late, () => {});
  return abortable(reply, signal);
}

async function readJson(c: Context, schema: z.ZodType | undefined): Promise<unknown> {
  if (!schema) return refuseBody(c);
  if (!isJsonType(c.req.header('content-type'))) throw new KafkaManagerError('UNSUPPORTED_MEDIA_TYPE');
  return parseJsonBody(new Uint8Array(await c.req.arrayBuffer()));
}

/** What a body asks for where none belongs would not be done. `{}`, which some clients always send, asks for nothing. */
async function refuseBody(c: Context): Promise<undefined> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  if (bytes.length > 0) validate(NO_FIELDS, parseJsonBody(bytes));
}

/** The query; a parameter that comes twice is a list, which no schema here takes. */
function queryOf(c: Context): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? values.join('') : values,
    ]),
  );
}
