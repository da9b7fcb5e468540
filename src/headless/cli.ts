import { parseArgs } from 'node:util';
import { KafkaManagerError } from '../contract/errors';
import { settingsInfo } from '../core/settings';
import type { Overrides } from './environment';

/** What the command line asks for. */
export interface CommandLine {
  readonly overrides: Overrides;
  /** Make the round trip, stop, and end with exit code 0 or 1. */
  readonly once: boolean;
  readonly help: boolean;
}

const options = {
  runtime: { type: 'string' },
  'kafka-home': { type: 'string' },
  'java-home': { type: 'string' },
  bootstrap: { type: 'string' },
  data: { type: 'string' },
  port: { type: 'string' },
  'api-port': { type: 'string' },
  'keep-running': { type: 'boolean' },
  once: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the arguments behind `npm start --`. @throws KafkaManagerError VALIDATION_ERROR */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parse(args);
  const overrides = {
    ...(values.runtime !== undefined && { runtime: values.runtime as Overrides['runtime'] }),
    ...(values['kafka-home'] !== undefined && { kafkaHome: values['kafka-home'] }),
    ...(values['java-home'] !== undefined && { javaHome: values['java-home'] }),
    ...(values.bootstrap !== undefined && {
      bootstrap: values.bootstrap.split(',').map((item) => item.trim()),
    }),
    ...(values.data !== undefined && { dataDir: values.data }),
    ...(values.port !== undefined && { kafkaPort: portOf('--port', values.port) }),
    ...(values['api-port'] !== undefined && { apiPort: portOf('--api-port', values['api-port']) }),
    ...(values['keep-running'] && { keepRunning: true }),
    // Naming a cluster is asking for it.
    ...(values.bootstrap !== undefined && values.runtime === undefined && { runtime: 'external' }),
    ...(values['kafka-home'] !== undefined && values.runtime === undefined && { runtime: 'java' }),
  } as Overrides;
  return { overrides, once: values.once ?? false, help: values.help ?? false };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false, strict: true });
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split('. ')[0] ?? cause.message) : String(cause);
    throw new KafkaManagerError('VALIDATION_ERROR', `${message}.`, {
      remedy: 'See npm start -- --help.',
      cause,
    });
  }
}

function portOf(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new KafkaManagerError(
    'VALIDATION_ERROR',
    `${option} is "${text}", but must be a whole number from 0 to 65535.`,
    { remedy: '0 takes any free port.' },
  );
}

/** The text of --help. */
export function helpText(): string {
  const width = Math.max(...Object.values(settingsInfo).map((info) => (info.env[0] ?? '').length));
  const settings = Object.values(settingsInfo).map(
    (info) => `  ${(info.env[0] ?? '').padEnd(width)}  ${info.doc}`,
  );
  return `Local Kafka Manager: a running Kafka and a REST API on this machine.

Usage: npm start [-- OPTIONS]

  --runtime KIND       embedded (default): the playground broker, nothing to install
                       java: Apache Kafka as a Java process
                       external: a cluster that exists
  --kafka-home DIR     folder of an Apache Kafka for the Java runtime; downloaded once where left out
  --java-home DIR      folder of Java 17 or newer
  --bootstrap LIST     HOST:PORT of the external cluster, several separated by commas
  --data DIR           folder for data, logs and the API key
  --port N             preferred port of the broker (9092)
  --api-port N         preferred port of the REST API (8000)
  --keep-running       leave the broker running when the last terminal has gone
  --once               make the round trip of one message, stop, and exit
  -h, --help           this text

Settings by environment or a .env file in the current folder (options win over both):
${settings.join('\n')}`;
}
