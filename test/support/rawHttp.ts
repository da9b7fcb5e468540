import { connect, type Socket } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Sends text to a port as it is and waits until the server has closed or `idleMs` passed without a byte. Clients of
 * higher level refuse to send most of what a hostile one would.
 */
export function rawExchange(
  port: number,
  text: string | Buffer,
  options: { host?: string; idleMs?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: options.host ?? '127.0.0.1' });
    const chunks: Buffer[] = [];
    socket.setTimeout(options.idleMs ?? 5_000, () => socket.destroy());
    socket.on('connect', () => socket.write(text));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') reject(error);
    });
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

/** Sends one HTTP/1.1 request line with headers and reads the answer; `Connection: close` is added. */
export async function rawRequest(
  port: number,
  requestLine: string,
  headers: readonly string[],
  body: string | Buffer = '',
  host?: string,
): Promise<RawAnswer> {
  const head = [`${requestLine} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n');
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
  return parseAnswer(await rawExchange(port, bytes, host === undefined ? {} : { host }));
}

/** @throws where it is no HTTP answer */
function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  if (!status) throw new Error(`no HTTP answer: ${JSON.stringify(text.slice(0, 100))}`);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return { status, headers, body: text.slice(end + 4) };
}
