import { crc32c } from './crc32c';

/** Size of the fixed part of a record batch (format v2) in bytes; its records follow. */
export const HEADER_BYTES = 61;
/** Base offset and length stand before what the length counts. */
export const LENGTH_END = 12;
/** Where the checksum stands; what it covers begins at the attributes. */
const CRC_AT = 17;
export const CRC_FROM = 21;

/** Bits of a batch's attributes (KIP-98, KIP-32). */
export const CODEC_MASK = 7;
export const LOG_APPEND_TIME = 8;
export const TRANSACTIONAL = 16;
export const CONTROL = 32;

/** The fixed part of a record batch, and where the batch lies in the bytes of a Fetch answer. */
export interface BatchHeader {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly baseOffset: number;
  /** Behind the last record, also where compaction has taken that one: the only safe place to go on from. */
  readonly nextOffset: number;
  readonly attributes: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: bigint;
  readonly count: number;
}

/** Bytes that are no record batch; `end` says where the next one begins, if that is known. */
export interface BrokenBatch {
  readonly reason: string;
  /** Whether it is of a message format from before Kafka 0.11, as far as that can be seen. */
  readonly isOld: boolean;
  /** As it stands there, which may be nonsense. */
  readonly baseOffset: number;
  readonly start: number;
  readonly end: number | undefined;
}

/**
 * Reads the header at `start`; undefined where the batch is cut off, which a broker does with the last one of an
 * answer. Layout: https://kafka.apache.org/documentation/#recordbatch
 */
export function readBatchHeader(bytes: Buffer, start: number): BatchHeader | BrokenBatch | undefined {
  if (start + LENGTH_END + 5 > bytes.length) return undefined;
  const baseOffset = int64(bytes, start);
  const length = bytes.readInt32BE(start + 8);
  const end = start + LENGTH_END + length;
  const broken = (reason: string, knownEnd?: number, isOld = false): BrokenBatch => ({
    reason,
    isOld,
    baseOffset,
    start,
    end: knownEnd,
  });
  if (!Number.isSafeInteger(baseOffset) || baseOffset < 0) return broken(`its offset is ${baseOffset}`);
  if (length < 5) return broken(`its length is ${length}`);
  if (end > bytes.length) return undefined;
  const magic = bytes[start + 16]!;
  if (magic < 2) {
    return broken(`message format ${magic} is older than Kafka 0.11 and not supported`, end, true);
  }
  if (magic > 2) return broken(`its format is ${magic}`);
  if (length < HEADER_BYTES - LENGTH_END) return broken(`its length is ${length}`);
  const lastOffsetDelta = bytes.readInt32BE(start + 23);
  const count = bytes.readInt32BE(start + 57);
  if (lastOffsetDelta < 0) return broken(`its last offset delta is ${lastOffsetDelta}`, end);
  if (count < 0 || count > lastOffsetDelta + 1) return broken(`it claims ${count} records`, end);
  return {
    bytes,
    start,
    end,
    baseOffset,
    nextOffset: baseOffset + lastOffsetDelta + 1,
    attributes: bytes.readInt16BE(start + CRC_FROM),
    baseTimestamp: int64(bytes, start + 27),
    maxTimestamp: int64(bytes, start + 35),
    producerId: bytes.readBigInt64BE(start + 43),
    count,
  };
}

/** Whether the bytes of the batch are those that its producer wrote. */
export function hasRightChecksum({ bytes, start, end }: BatchHeader): boolean {
  return crc32c(bytes, start + CRC_FROM, end) === bytes.readUInt32BE(start + CRC_AT);
}

/** Exact within ±2^53. */
function int64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4);
}
