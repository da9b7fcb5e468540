import type { ConfigChanges, ConfigEntry, ConfigSource } from '../core/kafkaTypes';
import { ask, change, settled, throwRefused } from './calls';
import type { KafkaConnection } from './connection';
import { brokerError } from './errors';
import { errorCode } from './protocol/errorCodes';
import { describeConfigs } from './protocol/messages/describeConfigs';
import { incrementalAlterConfigs } from './protocol/messages/incrementalAlterConfigs';

/** ConfigResource.Type of Kafka's Java client. */
export const topicResource = 2;

/** AlterConfigOp.OpType of Kafka's Java client. */
const operation = { set: 0, delete: 1 } as const;

/** Longest wait in ms for the brokers to show a changed value: other brokers may write it in a way that we don't know. */
const shownMs = 1_000;

const numeric: readonly string[] = ['int', 'short', 'long', 'double'];

/** By ConfigSource of DescribeConfigsResponse. */
const sources: readonly ConfigSource[] = [
  'other',
  'topic',
  'dynamic-broker',
  'dynamic-default-broker',
  'static-broker',
  'default',
];

/** By ConfigType of DescribeConfigsResponse; 0 is unknown. */
const types: readonly (string | null)[] = [
  null,
  'boolean',
  'string',
  'int',
  'short',
  'long',
  'double',
  'list',
  'class',
  'password',
];

/**
 * Configs of a topic with defaults, sorted by name.
 * @param options `documentation`: with the broker's description of each key, which makes the answer 20 times larger
 * @throws TOPIC_NOT_FOUND
 */
export function describeTopicConfig(
  connection: KafkaConnection,
  name: string,
  options: { documentation?: boolean; keys?: readonly string[] } = {},
  signal?: AbortSignal,
): Promise<readonly ConfigEntry[]> {
  const { documentation = false, keys = null } = options;
  const request = {
    resources: [{ resourceType: topicResource, resourceName: name, configurationKeys: keys }],
    // An older broker has no documentation to give.
    ...(documentation && connection.supports(describeConfigs, 3) ? { includeDocumentation: true } : {}),
  };
  return ask(async () => {
    const answer = await connection.call('any', describeConfigs, request, { signal });
    const result = answer.results[0];
    if (result === undefined || result.errorCode !== errorCode.NONE) {
      throw brokerError(result?.errorCode ?? errorCode.UNKNOWN_TOPIC_OR_PARTITION, {
        api: 'DescribeConfigs',
        topic: name,
        message: result?.errorMessage ?? null,
      });
    }
    return result.configs
      .map((config) => ({
        name: config.name,
        value: config.value,
        source: sources[config.configSource] ?? 'other',
        isReadOnly: config.readOnly,
        isSensitive: config.isSensitive,
        type: types[config.configType] ?? null,
        documentation: config.documentation === '' ? null : config.documentation,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }, signal);
}

/**
 * Changes single keys and leaves all others as they are (KIP-339), then waits until the brokers show it.
 * @throws UNSUPPORTED_BY_BROKER before Kafka 2.3: the older API would reset every key that is not named
 * @throws TOPIC_NOT_FOUND, INVALID_CONFIGURATION, POLICY_VIOLATION
 */
export async function alterTopicConfig(
  connection: KafkaConnection,
  name: string,
  changes: ConfigChanges,
  options: { validateOnly?: boolean } = {},
  signal?: AbortSignal,
): Promise<void> {
  const { validateOnly = false } = options;
  const wanted = Object.entries(changes);
  if (wanted.length === 0) return;
  const configs = wanted.map(([key, value]) => ({
    name: key,
    configOperation: value === null ? operation.delete : operation.set,
    value,
  }));
  const request = {
    resources: [{ resourceType: topicResource, resourceName: name, configs }],
    validateOnly,
  };
  await change(async () => {
    const answer = await connection.call('any', incrementalAlterConfigs, request, { signal });
    throwRefused('IncrementalAlterConfigs', name, answer.responses[0]);
  }, signal);
  if (validateOnly) return;
  const isShown = async (): Promise<boolean> => {
    const entries = await describeTopicConfig(connection, name, { keys: wanted.map(([key]) => key) }, signal);
    const now = new Map(entries.map((entry) => [entry.name, entry]));
    return wanted.every(([key, value]) => {
      const entry = now.get(key);
      if (value === null) return entry?.source !== 'topic';
      return (
        entry?.source === 'topic' && normalized(entry.value, entry.type) === normalized(value, entry.type)
      );
    });
  };
  await settled(isShown, signal, shownMs);
}

/** A value as the broker shows it, which parses what it is given: "060000" is 60000, "compact, delete" has no blank. */
function normalized(value: string | null, type: string | null): string | null {
  if (value === null) return null;
  if (type !== null && numeric.includes(type)) return String(Number(value));
  if (type === 'boolean') return value.trim().toLowerCase();
  return value
    .split(',')
    .map((part) => part.trim())
    .join();
}
