import type { ConnectionTarget } from './connectionTarget';

/** The options of a KafkaJS client as JavaScript. */
export function kafkajsText({ bootstrap, tls, sasl }: ConnectionTarget): string {
  const reads = tls?.caFile ?? tls?.certFile ?? tls?.keyFile;
  return [
    "import { Kafka } from 'kafkajs';",
    ...(reads === undefined ? [] : ["import { readFileSync } from 'node:fs';"]),
    '',
    'const kafka = new Kafka({',
    "  clientId: 'my-app',",
    `  brokers: [${bootstrap.map(literal).join(', ')}],`,
    ...(tls ? tlsLines(tls) : []),
    ...(sasl ? saslLines(sasl) : []),
    '});',
    '',
  ].join('\n');
}

function tlsLines(tls: NonNullable<ConnectionTarget['tls']>): string[] {
  const { caFile, certFile, keyFile, servername, verify } = tls;
  const members = [
    ...(caFile === undefined ? [] : [`ca: [readFileSync(${literal(caFile)}, 'utf8')],`]),
    ...(certFile === undefined ? [] : [`cert: readFileSync(${literal(certFile)}, 'utf8'),`]),
    ...(keyFile === undefined ? [] : [`key: readFileSync(${literal(keyFile)}, 'utf8'),`]),
    ...(servername === undefined ? [] : [`servername: ${literal(servername)},`]),
    ...(verify === false ? ['rejectUnauthorized: false,'] : []),
  ];
  if (members.length === 0) return ['  ssl: true,'];
  return ['  ssl: {', ...members.map((member) => `    ${member}`), '  },'];
}

function saslLines(sasl: NonNullable<ConnectionTarget['sasl']>): string[] {
  const mechanism = `    mechanism: ${literal(sasl.mechanism.toLowerCase())},`;
  if (sasl.mechanism !== 'OAUTHBEARER') {
    return [
      '  sasl: {',
      mechanism,
      `    username: ${literal(sasl.username)},`,
      '    password: process.env.KAFKA_PASSWORD,',
      '  },',
    ];
  }
  return [
    '  sasl: {',
    mechanism,
    '    oauthBearerProvider: async () => {',
    `      const response = await fetch(${literal(sasl.tokenEndpoint)}, {`,
    "        method: 'POST',",
    '        body: new URLSearchParams({',
    "          grant_type: 'client_credentials',",
    `          client_id: ${literal(sasl.clientId)},`,
    '          client_secret: process.env.KAFKA_CLIENT_SECRET,',
    ...(sasl.scope === undefined ? [] : [`          scope: ${literal(sasl.scope)},`]),
    '        }),',
    '      });',
    '      return { value: (await response.json()).access_token };',
    '    },',
    '  },',
  ];
}

/** A string literal of JavaScript in single quotes. */
function literal(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
