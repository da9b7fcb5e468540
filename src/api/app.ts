import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { KafkaManagerError, toManagerError } from '../contract/errors';
import { errorTable } from '../contract/errorTable';
import { failureReply } from './failure';
import { allowedMethods } from './methods';
import { negotiate } from './negotiate';
import { type ApiApp, type ApiEnv, JSON_TYPE, traceOf } from './route';
import { addClusterRoutes } from './routes/cluster';
import { addConsumeRoute } from './routes/consume';
import { addDocsRoutes } from './routes/docs';
import { addHealthRoute } from './routes/health';
import { addProduceRoutes } from './routes/produce';
import { addTopicConfigRoutes } from './routes/topicConfig';
import { addTopicRoutes } from './routes/topics';
import type { ApiServices } from './services';

/** The REST API without a listener: hand it requests, it answers. Host, Origin, key and size are the guard's. */
export function createApp(services: ApiServices): ApiApp {
  const app: ApiApp = new OpenAPIHono<ApiEnv>();
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });

  app.use('*', async (c, next) => {
    c.set('requestId', traceOf(c)?.id ?? randomUUID());
    const methods = allowedMethods(app, c.req.path);
    if (methods !== undefined && !methods.includes(c.req.method)) {
      const allow = methods.join(', ');
      if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: allow });
      throw new KafkaManagerError('METHOD_NOT_ALLOWED', undefined, { details: { allow } });
    }
    return next();
  });

  app.onError((error, c) => {
    const known = toManagerError(error);
    const requestId = c.get('requestId');
    if (known.code === 'INTERNAL_ERROR') {
      services.logger.error(`request ${requestId} failed`, known.cause ?? known);
    }
    const { status, headers, body } = failureReply(known, requestId, services.clock.now());
    return new Response(JSON.stringify(body), { status, headers: { ...headers, 'Content-Type': JSON_TYPE } });
  });
  app.notFound(() => {
    throw new KafkaManagerError('NOT_FOUND');
  });

  addHealthRoute(app, services);
  addClusterRoutes(app, services);
  addTopicRoutes(app, services);
  addTopicConfigRoutes(app, services);
  addProduceRoutes(app, services);
  addConsumeRoute(app, services);
  addDocsRoutes(app, services);

  // Made once: it depends on nothing but the routes.
  let document: string | undefined;
  app.on(['GET'], ['/openapi.json', '/v1/openapi.json'], (c) => {
    const trace = traceOf(c);
    if (trace) trace.route = '/openapi.json';
    negotiate(c.req.header('accept'), [JSON_TYPE]);
    document ??= JSON.stringify(openApiDocument(app, services.version));
    return c.body(document, 200, { 'Content-Type': JSON_TYPE });
  });
  return app;
}

function openApiDocument(app: ApiApp, version: string): object {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Local Kafka Manager',
      version,
      description:
        'REST API of Local Kafka Manager on 127.0.0.1. Every path is served under /v1 as well; the bare path is the ' +
        'latest version.\n\nCodes of failures: ' +
        Object.keys(errorTable).join(', '),
    },
    servers: [{ url: '/' }],
  });
}
