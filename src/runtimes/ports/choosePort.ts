import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { KafkaManagerError } from '../../contract/errors';
import { codeOf } from '../supervisor/codeOf';

/** Ports above the wanted one that are tried before the kernel chooses. */
const upward = 100;

/** Takes `port` (0: any) of `host` for a moment. The port, or undefined where another program has it. */
export type TryPort = (host: string, port: number) => Promise<number | undefined>;

export interface PortChoice {
  readonly port: number;
  /** Whether another program has the wanted port. */
  readonly isWantedTaken: boolean;
}

/**
 * The wanted port of 127.0.0.1 where it is free, else the remembered one, else the next free one above, else one that
 * the kernel chooses; 0 wants any. Free now is not free for ever: whoever binds it must be ready to ask again.
 * @param skip ports that are known to be taken whatever a look says
 * @throws KafkaManagerError PORT_IN_USE where the kernel has none
 */
export async function choosePort(
  wanted: number,
  options: {
    readonly remembered?: number | undefined;
    readonly skip?: ReadonlySet<number>;
    readonly tryPort?: TryPort;
  } = {},
): Promise<PortChoice> {
  const { remembered, skip = new Set<number>(), tryPort = bindOnce } = options;
  const last = wanted === 0 ? 0 : Math.min(wanted + upward, 65_535);
  const candidates = [...(wanted === 0 ? [] : [wanted]), ...(remembered === undefined ? [] : [remembered])];
  for (let port = wanted + 1; port <= last; port++) candidates.push(port);
  for (const port of candidates) {
    if (skip.has(port)) continue;
    if ((await tryPort('127.0.0.1', port)) !== undefined)
      return { port, isWantedTaken: wanted !== 0 && port !== wanted };
  }
  const port = await tryPort('127.0.0.1', 0);
  if (port === undefined) throw new KafkaManagerError('PORT_IN_USE', 'This machine has no free port left.');
  return { port, isWantedTaken: wanted !== 0 };
}

/** {@link TryPort} by binding; a port that this user may not bind counts as taken. */
export function bindOnce(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = codeOf(error);
      if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL') resolve(undefined);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => {
      const bound = (server.address() as AddressInfo).port;
      server.close(() => resolve(bound));
    });
  });
}
