import { ask } from './calls';
import { topicResource } from './configs';
import type { KafkaConnection } from './connection';
import { errorCode } from './protocol/errorCodes';
import { describeConfigs } from './protocol/messages/describeConfigs';
import { sliced } from './sliced';

/** Topics per request. */
const topicsPerRequest = 500;

/**
 * A few config values of many topics, defaults included, in slices. Topics that do not answer are absent, and so are keys
 * that the broker does not know; null where it does not tell the value.
 */
export async function topicConfigsOf(
  connection: Pick<KafkaConnection, 'call'>,
  names: readonly string[],
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string | null>>> {
  const found = new Map<string, ReadonlyMap<string, string | null>>();
  for (const slice of sliced(names, topicsPerRequest)) {
    const resources = slice.map((resourceName) => ({
      resourceType: topicResource,
      resourceName,
      configurationKeys: keys,
    }));
    const answer = await ask(
      () => connection.call('any', describeConfigs, { resources }, { signal }),
      signal,
    );
    for (const { errorCode: code, resourceName, configs } of answer.results) {
      if (code === errorCode.NONE)
        found.set(resourceName, new Map(configs.map(({ name, value }) => [name, value])));
    }
  }
  return found;
}
