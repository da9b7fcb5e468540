import { X509Certificate } from 'node:crypto';
import { connect as connectTcp, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { KafkaManagerError } from '../contract/errors';
import type { TlsSettings } from '../core/connection';
import type { Address } from './address';

/** How often an idle socket asks the kernel whether the other side is still there, ms. */
const keepAliveMs = 60_000;

/** Node's TLS options for our settings. */
export function tlsOptions(settings: TlsSettings | true): ConnectionOptions {
  return settings === true ? {} : { ...settings };
}

/** Opens a plain or a TLS socket; `onConnect` tells when it is ready for Kafka. Errors come as 'error' events. */
export function openSocket(
  { host, port }: Address,
  tls: TlsSettings | true | undefined,
  onConnect: () => void,
): Socket {
  const socket =
    tls === undefined
      ? connectTcp({ host, port }, onConnect)
      : connectTls(
          { host, port, ...(isIP(host) ? {} : { servername: host }), ...tlsOptions(tls) },
          onConnect,
        );
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  return socket;
}

/** Reads the PEM texts once, so that a bad one is told as such. @throws KAFKA_TLS_ERROR */
export function checkTls(settings: TlsSettings | true | undefined): void {
  if (settings === undefined || settings === true) return;
  const { ca, cert, key, passphrase } = settings;
  if ((cert === undefined) !== (key === undefined)) {
    throw new KafkaManagerError('KAFKA_TLS_ERROR', 'A client certificate and its key are needed together.', {
      remedy: 'Name both the certificate and the key (PEM), or neither.',
    });
  }
  const checks: readonly (readonly [what: string, read: () => unknown])[] = [
    // createSecureContext() takes a CA that is no certificate without a word, and then trusts nobody.
    ['CA certificate', () => ca !== undefined && new X509Certificate(ca)],
    ['client certificate', () => createSecureContext({ cert })],
    ['client key', () => createSecureContext({ key, passphrase })],
  ];
  for (const [what, read] of checks) {
    try {
      read();
    } catch (cause) {
      throw new KafkaManagerError('KAFKA_TLS_ERROR', `The ${what} can not be read.`, {
        remedy: 'It must be PEM text ("-----BEGIN …"), and a key that is encrypted needs its passphrase.',
        cause,
      });
    }
  }
}
