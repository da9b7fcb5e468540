import { KafkaManagerError } from '../contract/errors';

/** Host and port of a listener. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Reads `host:port` or `[IPv6]:port`.
 * @throws VALIDATION_ERROR
 */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port >= 1 && port <= 65535)) {
    throw new KafkaManagerError('VALIDATION_ERROR', `"${text}" is no address of a broker.`, {
      remedy: 'Write bootstrap servers as host:port, for example localhost:9092.',
    });
  }
  return { host, port };
}
