import type { FetchedPartition, FetchOptions, FetchPosition } from '../../core/scan/recordSource';
import { Turn } from '../../core/turn';
import { brokerError } from '../errors';
import { isolationLevels } from '../offsets';
import { errorCode } from '../protocol/errorCodes';
import { fetch } from '../protocol/messages/fetch';
import type { FetchRequest, PartitionData } from '../protocol/messages/fetch';
import { readBatches } from '../records/readBatches';
import type { SourceConnection } from './listedOffsets';

/** From version 13 on, topics are named by their ids only (KIP-516); this is for topics without one. */
const MAX_VERSION_OF_NAMES = 12;
/** Most bytes of one answer, whatever the number of partitions. */
const ANSWER_BYTES = 64 * 1024 * 1024;
/** How long an answer may take beyond the wait that was asked for, in ms. */
const GRACE_MS = 15_000;

/** What one Fetch to one broker brought. */
export interface FetchRound {
  readonly fetched: readonly FetchedPartition[];
  /** Positions that lie outside of their partition. */
  readonly outOfRange: readonly FetchPosition[];
  /** The first partition that could not be read, if any; the others are not touched by it. */
  readonly error: Error | undefined;
  /** How long the broker wants to be left alone, since a quota is used up, in ms (KIP-219). */
  readonly throttledMs: number;
}

/**
 * One full Fetch (no session, KIP-227) to the leader of the positions. Only the first partition that has any data may
 * bring a batch larger than its limit; the caller sees to it that each is first at some time.
 */
export async function fetchRound(
  connection: SourceConnection,
  leader: number,
  { topic, topicId }: { readonly topic: string; readonly topicId: string | undefined },
  positions: readonly FetchPosition[],
  options: FetchOptions,
  signal: AbortSignal,
): Promise<FetchRound> {
  const { isolation, maxBytesPerPartition, maxWaitMs, minBytes } = options;
  const partitions = positions.map(({ partition, offset }) => ({
    partition,
    fetchOffset: offset,
    partitionMaxBytes: maxBytesPerPartition,
  }));
  const maxBytes = Math.max(
    maxBytesPerPartition,
    Math.min(ANSWER_BYTES, positions.length * maxBytesPerPartition),
  );
  const request: FetchRequest = {
    maxWaitMs,
    minBytes,
    maxBytes,
    isolationLevel: isolationLevels[isolation],
    topics: [{ topic, ...(topicId !== undefined && { topicId }), partitions }],
  };
  const timeoutMs = maxWaitMs + GRACE_MS;
  const answer = await connection.call(leader, fetch, request, {
    ...(topicId === undefined && { maxVersion: MAX_VERSION_OF_NAMES }),
    timeoutMs,
    signal,
  });
  if (answer.errorCode !== errorCode.NONE) throw brokerError(answer.errorCode, { api: 'Fetch', topic });

  const asked = new Map(positions.map((position) => [position.partition, position]));
  const fetched: FetchedPartition[] = [];
  const outOfRange: FetchPosition[] = [];
  let error: Error | undefined;
  const turn = new Turn();
  for (const data of answer.responses.flatMap((one) => one.partitions)) {
    if (turn.isOver) await turn.pass();
    const position = asked.get(data.partitionIndex);
    if (!position) continue;
    if (data.errorCode === errorCode.OFFSET_OUT_OF_RANGE) outOfRange.push(position);
    else if (data.errorCode !== errorCode.NONE) error ??= partitionError(topic, data);
    else {
      const isWhole = position === positions[0];
      const one = readPartition(data, position, { ...options, isWhole });
      if (one.nextOffset > position.offset) fetched.push(one);
    }
  }
  return { fetched, outOfRange, error, throttledMs: answer.throttleTimeMs };
}

function readPartition(
  data: PartitionData,
  { partition, offset }: FetchPosition,
  { isolation, checkCrc = false, isWhole }: FetchOptions & { readonly isWhole: boolean },
): FetchedPartition {
  const aborted = isolation === 'read_committed' ? (data.abortedTransactions ?? []) : undefined;
  const records = data.records ?? Buffer.alloc(0);
  const { highWatermark, lastStableOffset, logStartOffset } = data;
  return {
    partition,
    ...readBatches(partition, records, offset, aborted, { checkCrc, highWatermark, isWhole }),
    highWatermark,
    lastStableOffset,
    logStartOffset,
    outOfRange: false,
  };
}

/** A partition that the broker does not know may have moved, or be new there: Metadata says whether it exists. */
function partitionError(topic: string, { errorCode: code, partitionIndex: partition }: PartitionData): Error {
  const isUnknown = code === errorCode.UNKNOWN_TOPIC_OR_PARTITION || code === errorCode.UNKNOWN_TOPIC_ID;
  const told = isUnknown ? errorCode.NOT_LEADER_OR_FOLLOWER : code;
  return brokerError(told, { api: 'Fetch', topic, partition });
}
