/** Calls of the REST API that are worth a row. */
export type CurlCall =
  | 'listTopics'
  | 'createTopic'
  | 'describeTopic'
  | 'produce'
  | 'consumeNewest'
  | 'consumeWaiting'
  | 'clusterStatus';

/** What a command line is typed into. `powershell` is Windows PowerShell 5.1, `pwsh` is 7.3 or newer. */
export type Shell = 'posix' | 'pwsh' | 'powershell' | 'cmd';

/** The kind of a shell, by the path of its program. */
export function shellOf(program: string): Shell {
  const name = program.toLowerCase().split(/[\\/]/).at(-1) ?? '';
  if (name.startsWith('pwsh')) return 'pwsh';
  if (name.startsWith('powershell')) return 'powershell';
  return name === 'cmd.exe' ? 'cmd' : 'posix';
}

/** How the call names the API and its key: by the variables of our terminals, or literally. */
export interface CurlPlaces {
  readonly shell: Shell;
  /** Literal values, for a terminal without our variables; the key itself is in the file only. */
  readonly literal?: { readonly url: string; readonly curlConfigFile: string };
}

/** In both PowerShells `curl` may be another command. */
const programs: Readonly<Record<Shell, string>> = {
  posix: 'curl',
  pwsh: 'curl.exe',
  powershell: 'curl.exe',
  cmd: 'curl',
};

const JSON_BODY = 'Content-Type: application/json';

/** A curl command line. The key stays in its file, out of argv and history (SECURITY S6). */
export function curlCall(
  call: CurlCall,
  {
    topic,
    cluster,
    places,
  }: { readonly topic: string; readonly cluster?: string; readonly places: CurlPlaces },
): string {
  const { path, query = {}, method, body } = partsOf(call, topic);
  const search = new URLSearchParams({ ...(cluster !== undefined && { cluster }), ...query }).toString();
  const target = `${path}${search === '' ? '' : `?${search.replaceAll('%3A', ':')}`}`;
  const quote = quotes[places.shell];
  return [
    programs[places.shell],
    '-K',
    fileWord(places, quote),
    ...(method === undefined ? [] : ['-X', method]),
    urlWord(places, target, quote),
    ...(body === undefined ? [] : ['-H', quote(JSON_BODY), '-d', bodyWord(body, places.shell)]),
  ].join(' ');
}

function partsOf(
  call: CurlCall,
  topic: string,
): { path: string; query?: Record<string, string>; method?: string; body?: unknown } {
  const inPath = encodeURIComponent(topic);
  switch (call) {
    case 'listTopics':
      return { path: '/topics' };
    case 'createTopic':
      return { path: '/topics', body: { name: topic, partitions: 3 } };
    case 'describeTopic':
      return { path: `/topics/${inPath}` };
    case 'produce':
      return { path: '/produce', body: { topic, key: 'k1', value: { hello: 'world' } } };
    case 'consumeNewest':
      return { path: '/consume', query: { topic, from: 'last:10' } };
    case 'consumeWaiting':
      return { path: '/consume', query: { topic, from: 'end', wait_ms: '30000' } };
    case 'clusterStatus':
      return { path: '/cluster/status' };
  }
}

type Quote = (text: string) => string;

const quoteForPowershell: Quote = (text) => `'${text.replaceAll("'", "''")}'`;
const quotes: Readonly<Record<Shell, Quote>> = {
  posix: (text) => `'${text.replaceAll("'", "'\\''")}'`,
  pwsh: quoteForPowershell,
  powershell: quoteForPowershell,
  // Neither a path of Windows nor a URL can hold the quote itself.
  cmd: (text) => `"${text}"`,
};

/**
 * The JSON of a body. Windows PowerShell hands the `"` of an argument on as it is, and curl's own parsing of its command
 * line takes it away; cmd.exe sees each one as the end of the quotes, so that what it would act upon is written as \u....
 */
function bodyWord(body: unknown, shell: Shell): string {
  const json = JSON.stringify(body);
  if (shell === 'powershell') return quoteForPowershell(escapeQuotes(json));
  if (shell !== 'cmd') return quotes[shell](json);
  const harmless = json
    .replaceAll('\\"', '\\u0022')
    .replace(/[&|<>^%!()]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escapeQuotes(harmless)}"`;
}

/** As the C runtime of Windows reads arguments: a backslash before each quote, those in front of it twice. */
function escapeQuotes(text: string): string {
  return text.replace(/(\\*)"/g, '$1$1\\"');
}

function variable(shell: Shell, name: string): string {
  if (shell === 'posix') return `$${name}`;
  return shell === 'cmd' ? `%${name}%` : `\${env:${name}}`;
}

function fileWord({ shell, literal }: CurlPlaces, quote: Quote): string {
  return literal ? quote(literal.curlConfigFile) : `"${variable(shell, 'LOCAL_KAFKA_CURLRC')}"`;
}

function urlWord({ shell, literal }: CurlPlaces, target: string, quote: Quote): string {
  return literal ? quote(`${literal.url}${target}`) : `"${variable(shell, 'LOCAL_KAFKA_API_URL')}${target}"`;
}
