import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { negotiate } from '../negotiate';
import { type ApiApp, traceOf } from '../route';
import { DOCS_POLICY } from '../securityHeaders';
import type { ApiServices } from '../services';

/** A file of the page: where it is asked for, its name in the folder, its media type. */
interface Asset {
  readonly paths: readonly string[];
  readonly file: string;
  readonly type: string;
}

/** All there is. A path is only ever compared with these, and never becomes part of a file's name (SECURITY S12). */
const ASSETS: readonly Asset[] = [
  { paths: ['/docs', '/docs/'], file: 'index.html', type: 'text/html' },
  { paths: ['/docs/docs.js'], file: 'docs.js', type: 'text/javascript' },
  { paths: ['/docs/docs.css'], file: 'docs.css', type: 'text/css' },
  { paths: ['/docs/icon.svg'], file: 'icon.svg', type: 'image/svg+xml' },
  { paths: ['/docs/swagger-ui-bundle.js'], file: 'swagger-ui-bundle.js', type: 'text/javascript' },
  { paths: ['/docs/swagger-ui.css'], file: 'swagger-ui.css', type: 'text/css' },
];

/**
 * GET /docs: the OpenAPI document as a page on which requests can be tried. Open, for it tells nothing but the contract,
 * and no part of that contract itself. There is one page, so /v1/docs leads to it. Browsers keep none of it (no-store):
 * this address belongs to whatever program has the port next.
 */
export function addDocsRoutes(app: ApiApp, { docsDir }: ApiServices): void {
  if (docsDir === undefined) return;
  for (const { paths, file, type } of ASSETS) {
    app.on(['GET'], [...paths], async (c) => {
      const trace = traceOf(c);
      if (trace) trace.route = paths[0] ?? '-';
      negotiate(c.req.header('accept'), [type]);
      const content = await readFile(path.join(docsDir, file));
      return c.body(new Uint8Array(content), 200, {
        'Content-Type': `${type}; charset=utf-8`,
        ...(type === 'text/html' && { 'Content-Security-Policy': DOCS_POLICY }),
      });
    });
  }
  app.on(['GET'], ['/v1/docs', '/v1/docs/'], (c) => {
    const trace = traceOf(c);
    if (trace) trace.route = '/docs';
    return c.redirect('/docs', 308);
  });
}
