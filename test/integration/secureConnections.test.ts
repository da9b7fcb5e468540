import assert from 'node:assert/strict';
import { createLogger } from '../../src/base/logger';
import { KafkaManagerError } from '../../src/contract/errors';
import type { ErrorCode } from '../../src/contract/errorTable';
import type { ConnectionSettings, SaslSettings } from '../../src/core/connection';
import { KafkaConnection } from '../../src/kafka/connection';
import { partitionOffsets } from '../../src/kafka/offsets';
import { fetch } from '../../src/kafka/protocol/messages/fetch';
import { createTopic } from '../../src/kafka/topics';
import { httpServer } from '../support/real/httpServer';
import type { HttpServer } from '../support/real/httpServer';
import { KAFKA_LINES, realKafka } from '../support/real/kafkaDist';
import type { KafkaLine } from '../support/real/kafkaDist';
import { startSecureBroker, unsecuredToken } from '../support/real/secureBroker';
import type { SecureBroker } from '../support/real/secureBroker';

const BRING_MS = 900_000;
const logged: string[] = [];
const logger = createLogger((_level, line) => logged.push(line), 'debug');

/** Everything that the connection does: both sockets to the broker, and a change of the cluster. */
async function useCluster(settings: ConnectionSettings, topic: string): Promise<void> {
  const connection = await KafkaConnection.open(settings, { logger });
  try {
    await createTopic(connection, { name: topic, partitions: 2, replicationFactor: 1 });
    const offsets = await partitionOffsets(connection, topic);
    assert.deepEqual(offsets, [
      { partition: 0, beginning: 0, end: 0 },
      { partition: 1, beginning: 0, end: 0 },
    ]);
    const topics = [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }] }];
    // From version 13 on, topics are named by their ids only.
    const answer = await connection.call(1, fetch, { maxWaitMs: 0, minBytes: 0, topics }, { maxVersion: 12 });
    assert.equal(answer.responses[0]?.partitions[0]?.errorCode, 0);
  } finally {
    connection.dispose();
  }
}

async function refused(settings: ConnectionSettings, code: ErrorCode, message: RegExp): Promise<void> {
  const started = performance.now();
  await assert.rejects(
    KafkaConnection.open(settings, { logger }).then((connection) => connection.dispose()),
    (error) => {
      assert.ok(error instanceof KafkaManagerError, String(error));
      assert.match(error.message, message);
      assert.equal(error.code, code);
      assert.doesNotMatch(`${error.message} ${error.remedy} ${JSON.stringify(error.details)}`, /-pw|secret/);
      return true;
    },
  );
  assert.ok(performance.now() - started < 5000);
}

function suite(line: KafkaLine): void {
  describe(`Secured connections, Apache Kafka ${line}`, function () {
    this.timeout(60_000);
    let secure: SecureBroker;
    let tokens: HttpServer;
    let tokenRequests: string[] = [];
    let topics = 0;
    const topic = (): string => `secured-${(topics += 1)}`;
    const plain = (): SaslSettings => ({ mechanism: 'PLAIN', ...secure.users.bob });
    const scram = (bits: 256 | 512): SaslSettings => ({
      mechanism: `SCRAM-SHA-${bits}`,
      ...secure.users.alice,
    });
    const oauth = (): SaslSettings => ({
      mechanism: 'OAUTHBEARER',
      tokenEndpoint: `${tokens.url}/token`,
      clientId: 'dave',
      clientSecret: 'dave-secret',
    });
    const trusted = (): { ca: string } => ({ ca: secure.ca });

    before(async function () {
      this.timeout(BRING_MS);
      secure = await startSecureBroker(await realKafka(line));
      tokens = await httpServer((request, response) => {
        tokenRequests.push(request.headers.authorization ?? '');
        const value = request.url === '/token' ? unsecuredToken('dave') : 'no.valid.token';
        response.end(JSON.stringify({ access_token: value, token_type: 'bearer', expires_in: 3600 }));
      });
    });
    after(async () => {
      await tokens.close();
      await secure.dispose();
    });

    it('SSL with a CA', () => useCluster({ bootstrap: [secure.bootstrap.SSL], tls: trusted() }, topic()));

    it('SSL by another name in the certificate', () =>
      useCluster(
        { bootstrap: [secure.bootstrap.SSL], tls: { ...trusted(), servername: 'localhost' } },
        topic(),
      ));

    it('mTLS', () =>
      useCluster(
        {
          bootstrap: [secure.bootstrap.MTLS],
          tls: { ...trusted(), cert: secure.clientCert, key: secure.clientKey },
        },
        topic(),
      ));

    for (const [name, sasl] of [
      ['PLAIN', plain],
      ['SCRAM-SHA-256', () => scram(256)],
      ['SCRAM-SHA-512', () => scram(512)],
      ['OAUTHBEARER', oauth],
    ] as const) {
      it(`SASL ${name}`, () =>
        useCluster({ bootstrap: [secure.bootstrap.SASL_PLAINTEXT], sasl: sasl() }, topic()));

      it(`SASL ${name} over SSL`, () =>
        useCluster({ bootstrap: [secure.bootstrap.SASL_SSL], tls: trusted(), sasl: sasl() }, topic()));
    }

    it('asks for one token per connection, with the client id and secret in Basic', async () => {
      tokenRequests = [];
      await useCluster({ bootstrap: [secure.bootstrap.SASL_PLAINTEXT], sasl: oauth() }, topic());
      assert.deepEqual(tokenRequests, [`Basic ${Buffer.from('dave:dave-secret').toString('base64')}`]);
    });

    it('refuses a wrong password, told as that', async () => {
      for (const [sasl, message] of [
        [{ ...plain(), password: 'wrong-pw' }, /refused the PLAIN login for user "bob"/],
        [{ ...scram(256), password: 'wrong-pw' }, /refused the SCRAM-SHA-256 login for user "alice"/],
        [{ ...scram(512), username: 'nobody' }, /refused the SCRAM-SHA-512 login for user "nobody"/],
      ] as [SaslSettings, RegExp][]) {
        const settings = { bootstrap: [secure.bootstrap.SASL_PLAINTEXT], sasl };
        await refused(settings, 'KAFKA_AUTHENTICATION_ERROR', message);
      }
    });

    it('refuses a token that the broker does not accept', () =>
      refused(
        {
          bootstrap: [secure.bootstrap.SASL_PLAINTEXT],
          sasl: { ...oauth(), tokenEndpoint: `${tokens.url}/bad` } as SaslSettings,
        },
        'KAFKA_AUTHENTICATION_ERROR',
        /refused the OAUTHBEARER login for client "dave"/,
      ));

    it('says that a login is wanted, and names the mechanisms', async () => {
      const wanted = /wants a login \(SASL\), and none is configured/;
      await refused({ bootstrap: [secure.bootstrap.SASL_PLAINTEXT] }, 'KAFKA_AUTHENTICATION_ERROR', wanted);
      await refused(
        { bootstrap: [secure.bootstrap.SASL_SSL], tls: trusted() },
        'KAFKA_AUTHENTICATION_ERROR',
        wanted,
      );
      const error: unknown = await KafkaConnection.open(
        { bootstrap: [secure.bootstrap.SASL_PLAINTEXT] },
        { logger },
      ).catch((caught: unknown) => caught);
      assert.match((error as KafkaManagerError).remedy, /PLAIN, .*SCRAM-SHA-512|SCRAM-SHA-512, .*PLAIN/);
    });

    it('says that the listener takes no login', () =>
      refused(
        { bootstrap: [secure.bootstrap.PLAINTEXT], sasl: plain() },
        'KAFKA_AUTHENTICATION_ERROR',
        /takes no login/,
      ));

    it('refuses a broker whose CA is not trusted', async () => {
      const message = /not signed by a CA that we trust/;
      const tls = { ca: secure.certificates.foreignCa.cert };
      await refused({ bootstrap: [secure.bootstrap.SSL], tls }, 'KAFKA_TLS_ERROR', message);
      await refused({ bootstrap: [secure.bootstrap.SSL], tls: true }, 'KAFKA_TLS_ERROR', message);
      await useCluster({ bootstrap: [secure.bootstrap.SSL], tls: { rejectUnauthorized: false } }, topic());
    });

    it('refuses a broker whose certificate is for another name', () =>
      refused(
        { bootstrap: [secure.bootstrap.SSL], tls: { ...trusted(), servername: 'kafka.example' } },
        'KAFKA_TLS_ERROR',
        /not issued for "kafka.example"/,
      ));

    it('says that a client certificate is wanted, or not accepted', async () => {
      const { foreignClient } = secure.certificates;
      await refused(
        { bootstrap: [secure.bootstrap.MTLS], tls: trusted() },
        'KAFKA_TLS_ERROR',
        /client certificate/,
      );
      await refused(
        {
          bootstrap: [secure.bootstrap.MTLS],
          tls: { ...trusted(), cert: foreignClient.cert, key: foreignClient.key },
        },
        'KAFKA_TLS_ERROR',
        /did not accept our client certificate/,
      );
    });

    it('says that TLS is on the other side only', async () => {
      await refused(
        { bootstrap: [secure.bootstrap.SSL] },
        'KAFKA_TLS_ERROR',
        /wants TLS, and we connected without/,
      );
      await refused(
        { bootstrap: [secure.bootstrap.PLAINTEXT], tls: trusted() },
        'KAFKA_TLS_ERROR',
        /speaks Kafka without TLS/,
      );
    });

    it('logs no secret', () => {
      assert.ok(logged.length > 0);
      assert.deepEqual(
        logged.filter((entry) => /-pw|secret|eyJ/.test(entry)),
        [],
      );
    });
  });
}

KAFKA_LINES.forEach(suite);
