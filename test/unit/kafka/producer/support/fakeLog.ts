import { errorCode } from '../../../../../src/kafka/protocol/errorCodes';
import { CODEC_MASK, HEADER_BYTES } from '../../../../../src/kafka/records/batchHeader';
import { decompress } from '../../../../../src/kafka/records/codecs';
import { readRows } from '../../../../../src/kafka/records/batchRows';

/** A batch as it arrived. */
export interface SeenBatch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
  readonly producerId: bigint;
  readonly epoch: number;
  readonly sequence: number;
  readonly count: number;
  readonly values: readonly string[];
}

export function seeBatch(topic: string, partition: number, bytes: Buffer): SeenBatch {
  const count = bytes.readInt32BE(57);
  const context = {
    partition,
    baseOffset: 0,
    nextOffset: count,
    baseTimestamp: 0,
    appendTime: undefined,
    count,
  };
  const rows = readRows(decompress(bytes[22]! & CODEC_MASK, bytes.subarray(HEADER_BYTES)), context);
  const values = Array.from({ length: count }, (_, row) => Buffer.from(rows.value(row) ?? '').toString());
  const [producerId, epoch] = [bytes.readBigInt64BE(43), bytes.readInt16BE(51)];
  const sequence = bytes.readInt32BE(53);
  return { topic, partition, bytes, producerId, epoch, sequence, count, values };
}

/** How many batches of each producer a broker remembers (ProducerStateEntry.NUM_BATCHES_TO_RETAIN). */
const REMEMBERED = 5;

/** The log of one partition with its producer state, as ProducerAppendInfo of Apache Kafka keeps it. */
export class FakeLog {
  readonly values: string[] = [];
  readonly #producers = new Map<
    bigint,
    { epoch: number; first: number; last: number; baseOffset: number }[]
  >();

  append({ producerId, epoch, sequence, count, values }: SeenBatch): {
    errorCode: number;
    baseOffset: number;
  } {
    const baseOffset = this.values.length;
    if (producerId >= 0n) {
      let known = this.#producers.get(producerId) ?? [];
      const current = known.at(-1)?.epoch ?? epoch;
      if (epoch < current) return { errorCode: errorCode.INVALID_PRODUCER_EPOCH, baseOffset: -1 };
      if (epoch > current) {
        // A higher epoch begins at 0 (KIP-360).
        if (sequence !== 0) return { errorCode: errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, baseOffset: -1 };
        known = [];
      }
      const last = sequence + count - 1;
      const again = known.find((one) => one.first === sequence && one.last === last);
      if (again) return { errorCode: errorCode.NONE, baseOffset: again.baseOffset };
      // A producer that the log does not know may begin anywhere (KIP-360).
      const expected = known.length > 0 ? known.at(-1)!.last + 1 : sequence;
      if (sequence !== expected) return { errorCode: errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, baseOffset: -1 };
      this.#producers.set(
        producerId,
        [...known, { epoch, first: sequence, last, baseOffset }].slice(-REMEMBERED),
      );
    }
    this.values.push(...values);
    return { errorCode: errorCode.NONE, baseOffset };
  }
}
