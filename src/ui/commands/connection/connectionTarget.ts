import type { SavedExternalProfile } from '../../../core/savedProfile';

/** What a client program needs to know to connect, without its secrets. */
export type ConnectionTarget = Pick<SavedExternalProfile, 'bootstrap' | 'tls' | 'sasl'>;

/** Kafka's name for how a client talks to the brokers. */
export function securityProtocol({ tls, sasl }: Pick<ConnectionTarget, 'tls' | 'sasl'>): string {
  return sasl ? (tls ? 'SASL_SSL' : 'SASL_PLAINTEXT') : tls ? 'SSL' : 'PLAINTEXT';
}
