import { type ConnectionTarget, securityProtocol } from './connectionTarget';
import { javaClientConfig, type JavaEntry } from './javaClientConfig';
import { kafkajsText } from './kafkajsText';
import { pythonText } from './pythonText';

/** Clients whose configuration can be copied. */
export const connectionFormats = [
  'bootstrap',
  'properties',
  'kafkajs',
  'python',
  'java',
  'spring',
  'env',
] as const;

export type ConnectionFormat = (typeof connectionFormats)[number];

/** How a client connects to the cluster, as text to paste. No secret is in it: a placeholder stands where one goes. */
export function connectionText(format: ConnectionFormat, target: ConnectionTarget): string {
  switch (format) {
    case 'bootstrap':
      return target.bootstrap.join(',');
    case 'properties':
      return lines(javaClientConfig(target).map(propertiesLine));
    case 'kafkajs':
      return kafkajsText(target);
    case 'python':
      return pythonText(target);
    case 'java':
      return lines([
        'Properties properties = new Properties();',
        ...javaClientConfig(target).map(
          ([key, value]) => `properties.put(${JSON.stringify(key)}, ${javaExpression(value)});`,
        ),
      ]);
    case 'spring':
      return lines(springLines(target));
    case 'env':
      return lines(envLines(target));
  }
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

function filled(value: JavaEntry[1], secret: (name: string) => string): string {
  return value.map((piece) => (typeof piece === 'string' ? piece : secret(piece.secret))).join('');
}

/** A line as java.util.Properties reads it: the format is ISO 8859-1 with \uXXXX for the rest. */
function propertiesLine([key, value]: JavaEntry): string {
  const text = filled(value, (name) => (name === 'KAFKA_PASSWORD' ? '<password>' : '<client secret>'))
    .replace(/\\/g, '\\\\')
    .replace(/^ /, '\\ ')
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${key}=${text}`;
}

function javaExpression(value: JavaEntry[1]): string {
  return value
    .map((piece) => (typeof piece === 'string' ? JSON.stringify(piece) : `System.getenv("${piece.secret}")`))
    .join(' + ');
}

/** JSON strings are YAML strings; Spring itself fills in ${…} from the environment. */
function springLines(target: ConnectionTarget): string[] {
  const [, ...rest] = javaClientConfig(target);
  const properties = rest.filter(([key]) => key !== 'security.protocol');
  const isSecured = properties.length < rest.length;
  return [
    'spring:',
    '  kafka:',
    `    bootstrap-servers: ${JSON.stringify(target.bootstrap.join(','))}`,
    ...(isSecured ? ['    security:', `      protocol: ${securityProtocol(target)}`] : []),
    ...(properties.length > 0 ? ['    properties:'] : []),
    ...properties.map(
      ([key, value]) => `      ${key}: ${JSON.stringify(filled(value, (name) => `\${${name}}`))}`,
    ),
  ];
}

function envLines(target: ConnectionTarget): string[] {
  const { bootstrap, tls, sasl } = target;
  const entries: [string, string | undefined][] = [['KAFKA_BOOTSTRAP_SERVERS', bootstrap.join(',')]];
  if (tls || sasl) entries.push(['KAFKA_SECURITY_PROTOCOL', securityProtocol(target)]);
  if (sasl) entries.push(['KAFKA_SASL_MECHANISM', sasl.mechanism]);
  if (sasl?.mechanism === 'OAUTHBEARER') {
    entries.push(
      ['KAFKA_TOKEN_ENDPOINT', sasl.tokenEndpoint],
      ['KAFKA_CLIENT_ID', sasl.clientId],
      ['KAFKA_CLIENT_SECRET', ''],
      ['KAFKA_SCOPE', sasl.scope],
    );
  } else if (sasl) {
    entries.push(['KAFKA_USERNAME', sasl.username], ['KAFKA_PASSWORD', '']);
  }
  entries.push(
    ['KAFKA_SSL_CA_LOCATION', tls?.caFile],
    ['KAFKA_SSL_CERTIFICATE_LOCATION', tls?.certFile],
    ['KAFKA_SSL_KEY_LOCATION', tls?.keyFile],
  );
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${envValue(value)}`]));
}

/** A value that dotenv readers and shells take alike. */
function envValue(text: string): string {
  return /^[\w./:,@%+=-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
