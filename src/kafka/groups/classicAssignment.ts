import { WireError } from '../protocol/api';
import { consumerProtocolAssignment } from '../protocol/messages/consumerProtocolAssignment';
import { WireReader } from '../protocol/wireReader';

/**
 * What a member of a classic consumer group was assigned, out of the bytes that the group's leader made: partitions per
 * topic. Empty where nothing was assigned yet; undefined where they are not what consumers write.
 */
export function classicAssignment(bytes: Uint8Array): ReadonlyMap<string, readonly number[]> | undefined {
  if (bytes.length === 0) return new Map();
  try {
    const reader = new WireReader(bytes);
    // As Java's ConsumerProtocol: what a newer version adds comes behind what is known.
    const version = Math.min(reader.int16(), consumerProtocolAssignment.maxVersion);
    if (version < consumerProtocolAssignment.minVersion) return undefined;
    const { assignedPartitions } = consumerProtocolAssignment.decode(reader, version);
    return new Map(assignedPartitions.map(({ topic, partitions }) => [topic, partitions]));
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
