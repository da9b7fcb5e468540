/**
 * Most partitions of a topic that can be asked for: a KRaft controller refuses requests for more (MAX_PARTITIONS_PER_BATCH
 * of ReplicationControlManager).
 */
export const MAX_PARTITIONS = 10_000;

/** Most messages of one request; larger loads go in several, so that one failure says little enough. */
export const MAX_BATCH_MESSAGES = 10_000;
