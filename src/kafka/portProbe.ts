import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Address } from './address';

/** What a raw look at a port found. */
export interface PortFindings {
  /** Answers a Kafka request without TLS. */
  readonly plainKafka: boolean;
  /** Makes a TLS handshake. */
  readonly tls: boolean;
  /** Speaks HTTP, with or without TLS. */
  readonly http: boolean;
  /** Sent something that is none of these. */
  readonly other: boolean;
}

const correlationId = 0x4c4b4d3f;

/** ApiVersions 0, which every broker since 0.10 answers, also before a login. */
function apiVersionsRequest(): Buffer {
  const request = Buffer.alloc(14);
  request.writeInt32BE(10, 0);
  request.writeInt16BE(18, 4);
  request.writeInt16BE(0, 6);
  request.writeInt32BE(correlationId, 8);
  request.writeInt16BE(-1, 12); // no client id
  return request;
}

const httpRequest = 'GET / HTTP/1.0\r\n\r\n';

/** Speaks Kafka, HTTP and TLS to a port, all at once, and tells what was understood within `budgetMs`. */
export async function probePort(address: Address, budgetMs: number): Promise<PortFindings> {
  const request = apiVersionsRequest();
  const [kafka, http, tls] = await Promise.all([
    firstBytes((ready) => connectTcp(address, ready), request, budgetMs),
    firstBytes((ready) => connectTcp(address, ready), httpRequest, budgetMs),
    firstBytes(
      // Only a look, with no secret sent: whose certificate it is does not matter.
      (ready) => connectTls({ ...address, rejectUnauthorized: false }, ready),
      httpRequest,
      budgetMs,
    ),
  ]);
  const plainKafka = kafka.bytes.length >= 8 && kafka.bytes.readInt32BE(4) === correlationId;
  const isHttp = [kafka, http, tls].some(({ bytes }) => bytes.toString('latin1', 0, 5) === 'HTTP/');
  return {
    plainKafka,
    tls: tls.connected,
    http: isHttp,
    other: !plainKafka && !isHttp && !tls.connected && kafka.bytes.length > 0,
  };
}

/** Connects, sends, and collects what comes first; never rejects. */
function firstBytes(
  open: (ready: () => void) => Socket,
  request: Uint8Array | string,
  budgetMs: number,
): Promise<{ connected: boolean; bytes: Buffer }> {
  return new Promise((resolve) => {
    let connected = false;
    let bytes = Buffer.alloc(0);
    const socket = open(() => {
      connected = true;
      socket.write(request);
    });
    const timer = setTimeout(() => socket.destroy(), budgetMs);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= 8) socket.destroy();
    });
    socket.on('error', () => {}); // 'close' follows
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve({ connected, bytes });
    });
  });
}
