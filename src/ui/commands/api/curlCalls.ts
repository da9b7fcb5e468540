/** Calls of the REST API that are worth a row. */
export type CurlCall =
  | 'listTopics'
  | 'createTopic'
  | 'describeTopic'
  | 'produce'
  | 'consumeNewest'
  | 'consumeWaiting'
  | 'clusterStatus';

/** How the call names the API and its key: by the variables of our terminals, or literally. */
export interface CurlPlaces {
  readonly shell: 'posix' | 'powershell';
  /** Literal values, for a terminal without our variables; the key itself is in the file only. */
  readonly literal?: { readonly url: string; readonly curlConfigFile: string };
}

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
  const quote = quoteFor(places.shell);
  return [
    places.shell === 'powershell' ? 'curl.exe' : 'curl',
    '-K',
    fileWord(places, quote),
    ...(method === undefined ? [] : ['-X', method]),
    urlWord(places, target, quote),
    ...(body === undefined ? [] : ['-H', quote(JSON_BODY), '-d', quote(JSON.stringify(body))]),
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

function quoteFor(shell: CurlPlaces['shell']): Quote {
  return shell === 'posix'
    ? (text) => `'${text.replaceAll("'", "'\\''")}'`
    : (text) => `'${text.replaceAll("'", "''")}'`;
}

function variable(shell: CurlPlaces['shell'], name: string): string {
  return shell === 'posix' ? `$${name}` : `\${env:${name}}`;
}

function fileWord({ shell, literal }: CurlPlaces, quote: Quote): string {
  return literal ? quote(literal.curlConfigFile) : `"${variable(shell, 'LOCAL_KAFKA_CURLRC')}"`;
}

function urlWord({ shell, literal }: CurlPlaces, target: string, quote: Quote): string {
  return literal ? quote(`${literal.url}${target}`) : `"${variable(shell, 'LOCAL_KAFKA_API_URL')}${target}"`;
}
