/**
 * The APIs of which code is generated, by Kafka's own names. `max` keeps to the versions that are used: from
 * Produce 13 and Fetch 13 on, topics are named by their ids only.
 */
export const apis = [
  { name: 'Produce', max: 12 },
  { name: 'Fetch', max: 12 },
  { name: 'ListOffsets' },
  { name: 'Metadata' },
  { name: 'SaslHandshake' },
  { name: 'ApiVersions' },
  { name: 'CreateTopics' },
  { name: 'DeleteTopics' },
  { name: 'DeleteRecords' },
  { name: 'InitProducerId' },
  { name: 'DescribeConfigs' },
  { name: 'IncrementalAlterConfigs' },
  { name: 'DescribeLogDirs' },
  { name: 'CreatePartitions' },
];

/** 64-bit fields that are not small: producer ids may be random, and some file systems claim 8 EiB. */
export const bigintFields = ['ProducerId', 'TotalBytes', 'UsableBytes'];
