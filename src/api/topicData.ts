import type { TopicDetailsData } from '../contract/rest/topics';
import type { TopicSummary } from '../core/kafkaTypes';
import type { TopicDetails } from '../core/topicManager';

/** A topic of a list, as REST names its fields. */
export function summaryData({ name, id, partitions, replicationFactor, isInternal }: TopicSummary) {
  return { name, id, partitions, replication_factor: replicationFactor, internal: isInternal };
}

/** A topic with all that is known of it, as REST names its fields. */
export function topicDetailsData(details: TopicDetails): TopicDetailsData {
  const offsets = new Map(details.offsets.map((entry) => [entry.partition, entry]));
  return {
    ...summaryData(details),
    size_in_bytes: details.sizeInBytes,
    partition_info: details.partitionInfo.map(({ partition, leader, replicas, isr, offlineReplicas }) => ({
      partition,
      leader,
      replicas: [...replicas],
      isr: [...isr],
      offline_replicas: [...offlineReplicas],
      beginning_offset: offsets.get(partition)?.beginning ?? null,
      end_offset: offsets.get(partition)?.end ?? null,
    })),
  };
}

/** Config values as Kafka takes them: as strings. null removes an override. */
export function configStrings<V extends string | number | boolean | null>(
  config: Readonly<Record<string, V>>,
): Record<string, string | Extract<V, null>> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      value === null ? (value as Extract<V, null>) : String(value),
    ]),
  );
}
