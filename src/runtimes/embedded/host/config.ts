/** What the process of the embedded broker is told, as JSON in the variable `LKM_EMBEDDED_BROKER`. */
export interface EmbeddedBrokerConfig {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Host that clients are told to connect to; `host` if absent. */
  readonly advertisedHost?: string;
  /** Cluster id of a new data directory; an existing one keeps its own. */
  readonly clusterId: string;
  /** Absolute path; made if it does not exist. */
  readonly dataDir: string;
  /** Partitions of a topic that is created without a number of them. */
  readonly defaultPartitions: number;
  /** Bytes of all record data together, past which the oldest segments are deleted. */
  readonly dataCapBytes: number;
  readonly logLevel: LogLevel;
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Name of the environment variable that carries the config. */
export const CONFIG_VARIABLE = 'LKM_EMBEDDED_BROKER';

/** Record data that a start must still be able to read in a second or two. */
export const DEFAULT_DATA_CAP_BYTES = 256 * 1024 * 1024;

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string' && value !== '' && !value.includes('\0');
const integer =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
const absolute: Check = (value) => text(value) && /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(value as string);

const checks: Record<keyof EmbeddedBrokerConfig, readonly [check: Check, allowed: string]> = {
  host: [text, 'a host name or address'],
  port: [integer(0, 65_535), 'a port, 0 to 65535'],
  advertisedHost: [(value) => value === undefined || text(value), 'a host name or address'],
  clusterId: [text, 'a cluster id'],
  dataDir: [absolute, 'an absolute path'],
  defaultPartitions: [integer(1, 10_000), 'a number from 1 to 10000'],
  dataCapBytes: [integer(1024 * 1024, 2 ** 40), 'a number of bytes, at least 1048576'],
  logLevel: [
    (value) => ['error', 'warn', 'info', 'debug'].includes(value as string),
    'error, warn, info or debug',
  ],
};

/**
 * Reads the config from the text of `LKM_EMBEDDED_BROKER`. Throws an Error that names the key, its value and
 * what is allowed.
 */
export function parseConfig(json: string | undefined): EmbeddedBrokerConfig {
  if (json === undefined) throw new Error(`${CONFIG_VARIABLE} is not set.`);
  const value = parseObject(json);
  for (const [key, [check, allowed]] of Object.entries(checks)) {
    if (!check(value[key])) {
      throw new Error(
        `${CONFIG_VARIABLE}: "${key}" is ${JSON.stringify(value[key])}, but must be ${allowed}.`,
      );
    }
  }
  const unknown = Object.keys(value).find((key) => !(key in checks));
  if (unknown !== undefined) throw new Error(`${CONFIG_VARIABLE}: "${unknown}" is not known.`);
  return value as unknown as EmbeddedBrokerConfig;
}

function parseObject(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new Error(`${CONFIG_VARIABLE} is not JSON.`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${CONFIG_VARIABLE} is not a JSON object.`);
  }
  return value as Record<string, unknown>;
}
