import type { ApiApp } from './route';

/**
 * The methods that a path takes, taken from the routes themselves, or undefined where there is no such path. HEAD goes
 * with GET, and OPTIONS is answered from this very list.
 */
export function allowedMethods(app: ApiApp, path: string): readonly string[] | undefined {
  const methods = new Set<string>();
  for (const route of app.routes) {
    if (route.method === 'ALL' || !fits(route.path, path)) continue;
    methods.add(route.method);
    if (route.method === 'GET') methods.add('HEAD');
  }
  return methods.size === 0 ? undefined : [...methods];
}

/** Whether a path is one of the template's, segment by segment. */
function fits(template: string, path: string): boolean {
  const wanted = template.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((segment, i) => (segment.startsWith(':') ? given[i] !== '' : segment === given[i]))
  );
}
