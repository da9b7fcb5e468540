import { KafkaManagerError } from '../contract/errors';
import {
  defaultSettings,
  type SettingInfo,
  type Settings,
  settingsInfo,
  settingsSchema,
} from '../core/settings';

/** Variables, from the process or a .env file. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A setting that was given on the command line wins over the environment. */
export type Overrides = Partial<Settings>;

type Key = keyof Settings;

/**
 * Settings from the environment, then .env, then the defaults of the environment they name.
 * @throws KafkaManagerError VALIDATION_ERROR naming the variable, its value (unless secret) and what is allowed
 */
export function readSettings(env: Variables, overrides: Overrides = {}): Settings {
  const given: Record<string, unknown> = {};
  const names = new Map<string, string>();
  for (const key of Object.keys(settingsInfo) as Key[]) {
    const found = settingsInfo[key].env.find((name) => env[name] !== undefined && env[name] !== '');
    if (found === undefined) continue;
    given[key] = parse(settingsInfo[key], found, env[found] ?? '');
    names.set(key, found);
  }
  refuseOpenApi(env);
  const asked = { ...given, ...overrides };
  const environment = settingsSchema.shape.environment.safeParse(asked['environment'] ?? 'development');
  const merged = { ...defaultSettings(environment.success ? environment.data : 'development'), ...asked };
  const result = settingsSchema.safeParse(merged);
  if (result.success) return checkTogether(result.data);
  const key = String(result.error.issues[0]?.path[0]) as Key;
  throw invalid(settingsInfo[key], names.get(key) ?? flagOf(key), String(asked[key]));
}

function parse(info: SettingInfo, name: string, value: string): unknown {
  switch (info.kind) {
    case 'text':
      return value;
    case 'list':
      return value.split(',').map((item) => item.trim());
    case 'integer':
      if (!/^\d{1,9}$/.test(value.trim())) throw invalid(info, name, value);
      return Number(value);
    case 'boolean':
      if (!/^(true|false)$/i.test(value.trim())) throw invalid(info, name, value);
      return value.trim().toLowerCase() === 'true';
  }
}

function invalid(info: SettingInfo, name: string, value: string): KafkaManagerError {
  const shown = info.isSecret ? '' : ` is "${value}"`;
  return new KafkaManagerError('VALIDATION_ERROR', `${name}${shown}, but must be ${info.allowed}.`, {
    details: { setting: name },
    remedy: info.doc,
  });
}

/** How a setting is called on the command line. */
function flagOf(key: Key): string {
  if (key === 'dataDir') return '--data';
  return `--${key.replace(/[A-Z]/g, (c) => '-' + c.toLowerCase())}`;
}

/** The modelled service could be run without a key; this API never is (SECURITY S7), and says so. */
function refuseOpenApi(env: Variables): void {
  if (env['API_KEY_REQUIRED'] !== undefined && /^(false|0|no)$/i.test(env['API_KEY_REQUIRED'])) {
    throw new KafkaManagerError(
      'VALIDATION_ERROR',
      `API_KEY_REQUIRED is "${env['API_KEY_REQUIRED']}", but must be true.`,
      { remedy: 'The API always needs its key: any page in a browser can reach a port on localhost.' },
    );
  }
}

/** What no single setting can say. */
function checkTogether(settings: Settings): Settings {
  const strict = settings.environment === 'staging' || settings.environment === 'production';
  if (strict && !settings.tlsVerify) {
    throw new KafkaManagerError(
      'VALIDATION_ERROR',
      `LOCAL_KAFKA_TLS_VERIFY is "false", but must be true in the environment "${settings.environment}".`,
    );
  }
  if (settings.runtime === 'external' && !settings.bootstrap) {
    throw new KafkaManagerError(
      'VALIDATION_ERROR',
      'The runtime "external" needs to know where the cluster is.',
      {
        remedy: 'Give --bootstrap HOST:PORT, or set LOCAL_KAFKA_BOOTSTRAP.',
      },
    );
  }
  if ((settings.tlsCert === undefined) !== (settings.tlsKey === undefined)) {
    throw new KafkaManagerError(
      'VALIDATION_ERROR',
      'LOCAL_KAFKA_TLS_CERT and LOCAL_KAFKA_TLS_KEY only work together.',
    );
  }
  const needs: Record<string, Key[]> = {
    PLAIN: ['saslUsername', 'saslPassword'],
    'SCRAM-SHA-256': ['saslUsername', 'saslPassword'],
    'SCRAM-SHA-512': ['saslUsername', 'saslPassword'],
    OAUTHBEARER: ['oauthTokenEndpoint', 'oauthClientId', 'oauthClientSecret'],
  };
  if (settings.saslMechanism === undefined) {
    const given = (['saslUsername', 'saslPassword', 'oauthTokenEndpoint'] as const).find(
      (key) => settings[key] !== undefined,
    );
    if (given) {
      throw new KafkaManagerError(
        'VALIDATION_ERROR',
        `${settingsInfo[given].env[0] ?? ''} only works with LOCAL_KAFKA_SASL_MECHANISM.`,
        { remedy: `Set it to one of ${settingsInfo.saslMechanism.allowed}.` },
      );
    }
  }
  const missing = (needs[settings.saslMechanism ?? ''] ?? []).filter((key) => settings[key] === undefined);
  if (missing.length > 0) {
    const variables = missing.map((key) => settingsInfo[key].env[0]).join(' and ');
    throw new KafkaManagerError(
      'VALIDATION_ERROR',
      `${settings.saslMechanism ?? ''} also needs ${variables}.`,
    );
  }
  return settings;
}

/** Variables that look like settings but change nothing: mistyped ones, and some of the modelled service. */
export function unusedVariables(env: Variables): string[] {
  const known = new Set(Object.values(settingsInfo).flatMap((info) => info.env));
  return Object.keys(env).filter(
    (name) =>
      (name === 'KAFKA_REST_PROXY_URL' || name === 'CORS_ORIGINS' || name.startsWith('LOCAL_KAFKA_')) &&
      !known.has(name) &&
      env[name] !== '',
  );
}
