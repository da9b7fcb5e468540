import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../src/contract/errors';
import type { ConnectionSettings } from '../../../src/core/connection';
import { connectionError, failureOf } from '../../../src/kafka/connectionErrors';

const address = { host: 'kafka.example', port: 9093 };

/** Kafkajs' error around a socket error with a code. */
function translated(code: string, settings: Partial<ConnectionSettings> = {}): KafkaManagerError {
  const cause = Object.assign(new Error(`socket: ${code}`), { code });
  return connectionError(new Error('Connection error'), cause, address, { bootstrap: [], ...settings });
}

describe('connectionError', () => {
  it('tells socket errors apart, with the socket error as cause', () => {
    for (const [code, failure, message] of [
      ['ECONNREFUSED', 'refused', /^Nothing listens on kafka.example:9093\.$/],
      ['ENOTFOUND', 'unresolved', /"kafka.example" can not be resolved/],
      ['EAI_AGAIN', 'unresolved', /"kafka.example" can not be resolved/],
      ['EHOSTUNREACH', 'unreachable', /can not be reached from here \(EHOSTUNREACH\)/],
      ['ECONNRESET', 'closed', /broke/],
    ] as const) {
      const error = translated(code);
      assert.equal(error.code, 'KAFKA_CONNECTION_ERROR');
      assert.equal(failureOf(error), failure);
      assert.match(error.message, message);
      assert.equal((error.cause as Error).message, `socket: ${code}`);
      assert.deepEqual(error.details, { address: 'kafka.example:9093', failure });
    }
  });

  it('tells TLS errors apart', () => {
    const tls = true;
    for (const [code, failure, message] of [
      ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate', /not signed by a CA that we trust/],
      ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate', /not signed by a CA that we trust/],
      ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate', /not issued for "kafka.example"/],
      ['CERT_HAS_EXPIRED', 'certificate', /expired/],
      ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'client-certificate', /wants a client certificate/],
      ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'client-certificate', /wants a client certificate/],
      ['ERR_SSL_WRONG_VERSION_NUMBER', 'handshake', /handshake .* failed/],
      ['EPROTO', 'handshake', /handshake .* failed/],
    ] as const) {
      const error = translated(code, { tls });
      assert.equal(error.code, 'KAFKA_TLS_ERROR', code);
      assert.equal(failureOf(error), failure);
      assert.match(error.message, message);
    }
    const own = translated('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', { tls: { cert: 'c', key: 'k' } });
    assert.match(own.message, /did not accept our client certificate/);
    assert.match(
      translated('ERR_TLS_CERT_ALTNAME_INVALID', { tls: { servername: 'other' } }).message,
      /"other"/,
    );
  });

  it('tells login errors apart, and names the user but no password', () => {
    const sasl = { mechanism: 'PLAIN', username: 'bob', password: 'hidden' } as const;
    const of = (message: string, more: object = {}): KafkaManagerError => {
      const error = Object.assign(new Error(message), { name: 'KafkaJSSASLAuthenticationError', ...more });
      return connectionError(error, undefined, address, { bootstrap: [], sasl });
    };
    const wrong = of('SASL PLAIN authentication failed: Authentication failed: Invalid username or password');
    assert.equal(wrong.code, 'KAFKA_AUTHENTICATION_ERROR');
    assert.match(wrong.message, /refused the PLAIN login for user "bob"/);
    assert.doesNotMatch(`${wrong.message}${wrong.remedy}${JSON.stringify(wrong.details)}`, /hidden/);
    assert.match(
      of('SASL PLAIN mechanism is not supported by the server').message,
      /does not know the mechanism PLAIN/,
    );
    assert.match(of('x', { type: 'ILLEGAL_SASL_STATE' }).message, /takes no login/);
  });

  it('leaves our own errors as they are', () => {
    const own = new KafkaManagerError('TIMEOUT');
    assert.equal(connectionError(own, undefined, address, { bootstrap: [] }), own);
  });
});
