/**
 * The APIs of which code is generated, by Kafka's own names. `max` keeps to the versions that are used: from
 * Produce 13 on, topics are named by their ids only; Fetch 13 does so too, which tells a topic from one that was made
 * anew under its name, and nothing of what came later is needed; OffsetCommit and OffsetFetch 10 name topics by their ids
 * only. Transactions keep to the versions from before
 * KIP-890's second part, which Kafka 3.9 and 4 both serve: from EndTxn 5, TxnOffsetCommit 5 and Produce 12 on, the
 * broker takes partitions into a transaction by itself and ends every one with a new epoch, but only where
 * transaction.version 2 is finalized; AddPartitionsToTxn is for brokers from 4 on. Answers that can have many thousand
 * elements (`isLong`) can also be decoded in turns.
 */
export const apis = [
  { name: 'Produce', max: 12 },
  { name: 'Fetch', max: 13 },
  { name: 'ListOffsets', isLong: true },
  { name: 'Metadata', isLong: true },
  { name: 'SaslHandshake' },
  { name: 'ApiVersions' },
  { name: 'CreateTopics' },
  { name: 'DeleteTopics' },
  { name: 'DeleteRecords' },
  { name: 'InitProducerId' },
  { name: 'DescribeConfigs', isLong: true },
  { name: 'IncrementalAlterConfigs' },
  { name: 'DescribeLogDirs' },
  { name: 'CreatePartitions' },
  { name: 'FindCoordinator', isLong: true },
  { name: 'AddPartitionsToTxn', max: 3 },
  { name: 'AddOffsetsToTxn', max: 4 },
  { name: 'EndTxn', max: 4 },
  { name: 'TxnOffsetCommit', max: 4 },
  { name: 'ListGroups', isLong: true },
  { name: 'DescribeGroups', isLong: true },
  { name: 'ConsumerGroupDescribe', isLong: true },
  { name: 'ShareGroupDescribe', isLong: true },
  { name: 'OffsetFetch', max: 9, isLong: true },
  { name: 'DescribeShareGroupOffsets', isLong: true },
  { name: 'OffsetCommit', max: 9 },
];

/** Messages inside of other messages' bytes that are read: no API has them as request or answer. */
export const dataMessages = [{ name: 'ConsumerProtocolAssignment' }];

/** 64-bit fields that are not small: producer ids may be random, and some file systems claim 8 EiB. */
export const bigintFields = ['ProducerId', 'V3AndBelowProducerId', 'TotalBytes', 'UsableBytes'];
