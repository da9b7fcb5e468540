import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { connectionFormats, connectionText } from '../../../../src/ui/commands/connection/connectionText';
import type { ConnectionTarget } from '../../../../src/ui/commands/connection/connectionTarget';

const plain: ConnectionTarget = { bootstrap: ['127.0.0.1:9092'] };
const scram: ConnectionTarget = {
  bootstrap: ['a:1', 'b:2'],
  tls: { caFile: '/certs/ca.pem' },
  sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' },
};
const mutual: ConnectionTarget = {
  bootstrap: ['a:1'],
  tls: { caFile: '/ca.pem', certFile: '/me.pem', keyFile: '/me.key', servername: 'kafka' },
};
const oauth: ConnectionTarget = {
  bootstrap: ['a:1'],
  tls: {},
  sasl: { mechanism: 'OAUTHBEARER', tokenEndpoint: 'https://login/token', clientId: 'app', scope: 'kafka' },
};
const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

describe('connectionText', () => {
  it('is the addresses alone for a broker of ours', () => {
    assert.equal(connectionText('bootstrap', scram), 'a:1,b:2');
    assert.equal(connectionText('properties', plain), 'bootstrap.servers=127.0.0.1:9092\n');
    assert.equal(connectionText('env', plain), 'KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092\n');
    assert.equal(
      connectionText('spring', plain),
      lines('spring:', '  kafka:', '    bootstrap-servers: "127.0.0.1:9092"'),
    );
    assert.equal(
      connectionText('python', plain),
      lines(
        'from confluent_kafka import Producer',
        '',
        'producer = Producer({',
        '    "bootstrap.servers": "127.0.0.1:9092",',
        '})',
      ),
    );
    assert.equal(
      connectionText('kafkajs', plain),
      lines(
        "import { Kafka } from 'kafkajs';",
        '',
        'const kafka = new Kafka({',
        "  clientId: 'my-app',",
        "  brokers: ['127.0.0.1:9092'],",
        '});',
      ),
    );
  });

  it('writes SCRAM over TLS with a placeholder for the password', () => {
    assert.equal(
      connectionText('properties', scram),
      lines(
        'bootstrap.servers=a:1,b:2',
        'security.protocol=SASL_SSL',
        'sasl.mechanism=SCRAM-SHA-512',
        'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required ' +
          'username="alice" password="<password>";',
        'ssl.truststore.type=PEM',
        'ssl.truststore.location=/certs/ca.pem',
      ),
    );
    assert.equal(
      connectionText('kafkajs', scram),
      lines(
        "import { Kafka } from 'kafkajs';",
        "import { readFileSync } from 'node:fs';",
        '',
        'const kafka = new Kafka({',
        "  clientId: 'my-app',",
        "  brokers: ['a:1', 'b:2'],",
        '  ssl: {',
        "    ca: [readFileSync('/certs/ca.pem', 'utf8')],",
        '  },',
        '  sasl: {',
        "    mechanism: 'scram-sha-512',",
        "    username: 'alice',",
        '    password: process.env.KAFKA_PASSWORD,',
        '  },',
        '});',
      ),
    );
    assert.equal(
      connectionText('python', scram),
      lines(
        'import os',
        '',
        'from confluent_kafka import Producer',
        '',
        'producer = Producer({',
        '    "bootstrap.servers": "a:1,b:2",',
        '    "security.protocol": "SASL_SSL",',
        '    "sasl.mechanism": "SCRAM-SHA-512",',
        '    "sasl.username": "alice",',
        '    "sasl.password": os.environ["KAFKA_PASSWORD"],',
        '    "ssl.ca.location": "/certs/ca.pem",',
        '})',
      ),
    );
    assert.equal(
      connectionText('java', scram),
      lines(
        'Properties properties = new Properties();',
        'properties.put("bootstrap.servers", "a:1,b:2");',
        'properties.put("security.protocol", "SASL_SSL");',
        'properties.put("sasl.mechanism", "SCRAM-SHA-512");',
        'properties.put("sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required ' +
          'username=\\"alice\\" password=\\"" + System.getenv("KAFKA_PASSWORD") + "\\";");',
        'properties.put("ssl.truststore.type", "PEM");',
        'properties.put("ssl.truststore.location", "/certs/ca.pem");',
      ),
    );
    assert.equal(
      connectionText('spring', scram),
      lines(
        'spring:',
        '  kafka:',
        '    bootstrap-servers: "a:1,b:2"',
        '    security:',
        '      protocol: SASL_SSL',
        '    properties:',
        '      sasl.mechanism: "SCRAM-SHA-512"',
        '      sasl.jaas.config: "org.apache.kafka.common.security.scram.ScramLoginModule required ' +
          'username=\\"alice\\" password=\\"${KAFKA_PASSWORD}\\";"',
        '      ssl.truststore.type: "PEM"',
        '      ssl.truststore.location: "/certs/ca.pem"',
      ),
    );
    assert.equal(
      connectionText('env', scram),
      lines(
        'KAFKA_BOOTSTRAP_SERVERS=a:1,b:2',
        'KAFKA_SECURITY_PROTOCOL=SASL_SSL',
        'KAFKA_SASL_MECHANISM=SCRAM-SHA-512',
        'KAFKA_USERNAME=alice',
        'KAFKA_PASSWORD=',
        'KAFKA_SSL_CA_LOCATION=/certs/ca.pem',
      ),
    );
  });

  it('writes a client certificate and a name to verify', () => {
    assert.match(
      connectionText('kafkajs', mutual),
      /cert: readFileSync\('\/me\.pem', 'utf8'\),\n {4}key: .*me\.key/,
    );
    assert.match(connectionText('kafkajs', mutual), /servername: 'kafka',/);
    assert.match(connectionText('python', mutual), /"ssl\.key\.location": "\/me\.key"/);
    assert.match(
      connectionText('properties', mutual),
      /ssl\.keystore\.type=PEM\nssl\.keystore\.location=<one PEM/,
    );
    assert.match(connectionText('spring', mutual), /security:\n {6}protocol: SSL\n/);
  });

  it('writes OAUTHBEARER with client credentials', () => {
    assert.match(
      connectionText('properties', oauth),
      /clientId="app" clientSecret="<client secret>" scope="kafka";\nsasl\.oauthbearer\.token\.endpoint\.url=https:\/\/login\/token\n/,
    );
    assert.match(
      connectionText('python', oauth),
      /"sasl\.oauthbearer\.client\.secret": os\.environ\["KAFKA_CLIENT_SECRET"\]/,
    );
    assert.match(
      connectionText('kafkajs', oauth),
      /client_secret: process\.env\.KAFKA_CLIENT_SECRET,\n {10}scope: 'kafka',/,
    );
  });

  it('keeps texts with quotes, backslashes and other scripts what they are', () => {
    const odd: ConnectionTarget = {
      bootstrap: ['a:1'],
      tls: { caFile: 'C:\\certs\\ca.pem' },
      sasl: { mechanism: 'PLAIN', username: `o'ne"il\\é` },
    };
    assert.match(connectionText('properties', odd), /username="o'ne\\\\"il\\\\\\\\\\u00e9"/);
    assert.match(connectionText('properties', odd), /location=C:\\\\certs\\\\ca\.pem/);
    assert.ok(connectionText('kafkajs', odd).includes(`username: 'o\\'ne"il\\\\é'`));
    assert.ok(connectionText('python', odd).includes('"sasl.username": "o\'ne\\"il\\\\é"'));
    assert.ok(connectionText('env', odd).includes(`KAFKA_USERNAME='o'\\''ne"il\\é'`));
  });

  it('is one line of JavaScript that runs, whatever the names are', () => {
    for (const username of [
      "it's",
      '"quoted"',
      '\\',
      '\\"',
      "\\'",
      'line\nbreak',
      '</script>',
      '${x}',
      '`',
    ]) {
      const text = connectionText('kafkajs', { bootstrap: ['a:1'], sasl: { mechanism: 'PLAIN', username } });
      const literal = /username: ('.*'),/.exec(text)?.[1];
      assert.ok(literal !== undefined, text);
      assert.equal(runInNewContext(literal), username);
    }
  });

  it('has a text for each format that ends with a line break, but for the addresses', () => {
    for (const format of connectionFormats.filter((one) => one !== 'bootstrap')) {
      assert.match(connectionText(format, oauth), /[^\n]\n$/, format);
    }
  });
});
