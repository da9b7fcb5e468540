import { bootstrapServer } from '../../../core/savedProfile';

/** What is wrong with a list of bootstrap servers, and with which of them. */
export interface BootstrapProblem {
  readonly what: 'empty' | 'scheme' | 'noPort' | 'badPort' | 'malformed';
  readonly entry: string;
}

/** The servers of a text that separates them by commas, semicolons or blanks. */
export function splitBootstrap(text: string): string[] {
  return text.split(/[\s,;]+/).filter((entry) => entry !== '');
}

/** The first thing that is wrong with a typed list of `host:port`; undefined where it is fine. */
export function bootstrapProblem(text: string): BootstrapProblem | undefined {
  const entries = splitBootstrap(text);
  if (entries.length === 0) return { what: 'empty', entry: '' };
  for (const entry of entries) {
    const what = problemOf(entry);
    if (what) return { what, entry };
  }
  return undefined;
}

function problemOf(entry: string): BootstrapProblem['what'] | undefined {
  if (entry.includes('://')) return 'scheme';
  if (!/:\d+$/.test(entry)) return /^(\[[^\]]*\]|[^:]*)(:\D*)?$/.test(entry) ? 'noPort' : 'malformed';
  const port = Number(/\d+$/.exec(entry)?.[0]);
  if (port < 1 || port > 65_535) return 'badPort';
  return bootstrapServer.safeParse(entry).success ? undefined : 'malformed';
}
