import { KafkaManagerError } from '../contract/errors';
import type { ConnectionSettings } from '../core/connection';
import { formatAddress } from './address';
import type { Address } from './address';

/**
 * Why a connection failed, as far as the failure itself tells. `closed`, `silent` and `handshake` have several causes:
 * diagnose() looks closer at those.
 */
export type ConnectionFailure =
  | 'refused'
  | 'unresolved'
  | 'unreachable'
  | 'closed'
  | 'silent'
  | 'handshake'
  | 'certificate'
  | 'client-certificate'
  | 'sasl'
  | 'not-kafka'
  | 'no-brokers'
  | 'advertised';

/** An error of the connection to `address`; `details.failure` says which kind. */
export function connectionFailure(
  failure: ConnectionFailure,
  address: Address,
  message: string,
  options: { remedy?: string; cause?: unknown } = {},
): KafkaManagerError {
  const code =
    failure === 'sasl'
      ? 'KAFKA_AUTHENTICATION_ERROR'
      : failure === 'handshake' || failure === 'certificate' || failure === 'client-certificate'
        ? 'KAFKA_TLS_ERROR'
        : 'KAFKA_CONNECTION_ERROR';
  return new KafkaManagerError(code, message, {
    ...options,
    details: { address: formatAddress(address), failure },
  });
}

/** The failure kind of an error made by connectionFailure(). */
export function failureOf(error: unknown): ConnectionFailure | undefined {
  return error instanceof KafkaManagerError
    ? (error.details?.['failure'] as ConnectionFailure | undefined)
    : undefined;
}

/**
 * What a socket or kafkajs threw while we connected or talked, as an error of ours.
 * @param error what was thrown
 * @param socketError the last error of the socket itself, which kafkajs cuts down to its message
 */
export function connectionError(
  error: unknown,
  socketError: Error | undefined,
  address: Address,
  settings: ConnectionSettings,
): KafkaManagerError {
  if (error instanceof KafkaManagerError) return error;
  const at = formatAddress(address);
  const cause = socketError ?? error;
  const code = String((cause as { code?: unknown }).code ?? (error as { code?: unknown }).code);
  if (isSaslError(error)) return saslError(error, address, settings);
  if (code === 'ECONNREFUSED') {
    return connectionFailure('refused', address, `Nothing listens on ${at}.`, {
      remedy: 'Start the broker, or correct the bootstrap address.',
      cause,
    });
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return connectionFailure('unresolved', address, `The name "${address.host}" can not be resolved.`, {
      remedy: 'Check its spelling, and whether DNS or the hosts file of this machine knows it.',
      cause,
    });
  }
  if (['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ETIMEDOUT', 'EACCES'].includes(code)) {
    return connectionFailure('unreachable', address, `${at} can not be reached from here (${code}).`, {
      remedy: 'Check the network, the VPN and the firewall between here and the broker.',
      cause,
    });
  }
  return (
    certificateError(code, cause, address, settings) ??
    connectionFailure('closed', address, `The connection to ${at} broke.`, {
      remedy: 'Check whether the broker still runs; its log says why it closed the connection.',
      cause,
    })
  );
}

const saslTypes = ['UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE', 'SASL_AUTHENTICATION_FAILED'];

function isSaslError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const type = (error as { type?: unknown }).type;
  return (
    error.name === 'KafkaJSSASLAuthenticationError' || (typeof type === 'string' && saslTypes.includes(type))
  );
}

function saslError(error: Error, address: Address, { sasl }: ConnectionSettings): KafkaManagerError {
  const at = formatAddress(address);
  const mechanism = sasl?.mechanism ?? 'SASL';
  if ((error as { type?: unknown }).type === 'ILLEGAL_SASL_STATE') {
    return connectionFailure('sasl', address, `The listener on ${at} takes no login (SASL).`, {
      remedy: 'Connect without SASL, or give the port of a SASL listener.',
      cause: error,
    });
  }
  if (
    /not supported by the server|UNSUPPORTED_SASL_MECHANISM|does not support the requested/i.test(
      error.message,
    )
  ) {
    return connectionFailure(
      'sasl',
      address,
      `The listener on ${at} does not know the mechanism ${mechanism}.`,
      {
        remedy: 'Choose a mechanism of sasl.enabled.mechanisms of this listener.',
        cause: error,
      },
    );
  }
  const who =
    sasl === undefined
      ? ''
      : 'username' in sasl
        ? ` for user "${sasl.username}"`
        : ` for client "${sasl.clientId}"`;
  return connectionFailure('sasl', address, `The broker on ${at} refused the ${mechanism} login${who}.`, {
    remedy:
      mechanism === 'OAUTHBEARER'
        ? 'The token was issued but not accepted: check issuer, audience and signing keys that the broker expects.'
        : 'Check the user name and the password.',
    cause: error,
  });
}

const selfSigned = ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'];
const unknownIssuer = [
  ...selfSigned,
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
];
const certificateDates = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

function certificateError(
  code: string,
  cause: unknown,
  address: Address,
  { tls }: ConnectionSettings,
): KafkaManagerError | undefined {
  if (tls === undefined) return undefined;
  const at = formatAddress(address);
  if (unknownIssuer.includes(code)) {
    return connectionFailure(
      'certificate',
      address,
      `The certificate of ${at} is not signed by a CA that we trust.`,
      {
        remedy: 'Name the CA certificate (PEM) that signed it in the TLS settings.',
        cause,
      },
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const name = (tls === true ? undefined : tls.servername) ?? address.host;
    return connectionFailure(
      'certificate',
      address,
      `The certificate of ${at} is not issued for "${name}".`,
      {
        remedy: 'Connect by a name that is in the certificate, or set the server name to verify.',
        cause,
      },
    );
  }
  if (certificateDates.includes(code)) {
    return connectionFailure(
      'certificate',
      address,
      `The certificate of ${at} has expired or is not valid yet.`,
      {
        remedy: "Renew the broker's certificate, or correct the clock of this machine.",
        cause,
      },
    );
  }
  if (/ALERT|CERTIFICATE_REQUIRED/.test(code) && /CERTIFICATE|HANDSHAKE_FAILURE|UNKNOWN_CA/.test(code)) {
    const given = tls !== true && tls.cert !== undefined;
    return connectionFailure(
      'client-certificate',
      address,
      given ? `${at} did not accept our client certificate.` : `${at} wants a client certificate.`,
      {
        remedy: given
          ? "Use a certificate that is signed by a CA of the broker's trust store."
          : 'Name a client certificate and its key (PEM) in the TLS settings.',
        cause,
      },
    );
  }
  if (/^ERR_SSL|^EPROTO/.test(code)) {
    return connectionFailure('handshake', address, `The TLS handshake with ${at} failed.`, { cause });
  }
  return undefined;
}
