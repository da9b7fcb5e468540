import assert from 'node:assert/strict';
import { BatchBuilder } from '../../../../src/kafka/records/batchBuilder';
import { readBatches } from '../../../../src/kafka/records/readBatches';
import { sealed } from '../../../support/hostile/storedBatch';
import { recordsOf } from '../../../support/rowsOf';

const TRANSACTIONAL = 16;
const CONTROL = 32;

/** Lays batches one after the other, as a log does. */
class Log {
  readonly parts: Buffer[] = [];
  #offset = 100;

  /** Records of a producer; -1 for plain ones. Answers the first offset. */
  records(producerId: number, ...values: string[]): number {
    return this.#add(
      producerId,
      values.map((value) => ({ key: null, value: Buffer.from(value) })),
      TRANSACTIONAL,
    );
  }

  plain(...values: string[]): number {
    return this.#add(
      -1,
      values.map((value) => ({ key: null, value: Buffer.from(value) })),
      0,
    );
  }

  marker(producerId: number, type: 'abort' | 'commit'): number {
    const key = Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1]);
    return this.#add(producerId, [{ key, value: Buffer.alloc(6) }], TRANSACTIONAL | CONTROL);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  #add(producerId: number, records: { key: Buffer | null; value: Buffer }[], attributes: number): number {
    const builder = new BatchBuilder(10_000);
    for (const record of records) builder.add({ ...record, timestamp: 1 });
    const batch = builder.finish({ producerId: BigInt(producerId), producerEpoch: 0, baseSequence: 0 });
    batch.writeBigInt64BE(BigInt(this.#offset), 0);
    batch.writeInt16BE(attributes, 21);
    this.parts.push(sealed(batch));
    this.#offset += records.length;
    return this.#offset - records.length;
  }
}

function values(bytes: Buffer, aborted: { producerId: bigint; firstOffset: number }[] | undefined): string[] {
  const { batches } = readBatches(0, bytes, 100, aborted);
  return batches.flatMap((batch) => recordsOf(batch).map((record) => Buffer.from(record.value!).toString()));
}

describe('aborted transactions', () => {
  it('are left out where one producer aborts and commits in turn, whatever the order of the ranges', () => {
    const log = new Log();
    const a1 = log.records(7, 'A1', 'A1b');
    log.marker(7, 'abort');
    log.records(7, 'C1');
    log.plain('plain');
    log.marker(7, 'commit');
    const a2 = log.records(7, 'A2');
    log.records(7, 'A2b');
    log.marker(7, 'abort');
    log.records(7, 'C2');
    log.marker(7, 'commit');
    const ranges = [a2, a1].map((firstOffset) => ({ producerId: 7n, firstOffset }));
    assert.deepEqual(values(log.bytes, ranges), ['C1', 'plain', 'C2']);
    assert.deepEqual(values(log.bytes, undefined), ['A1', 'A1b', 'C1', 'plain', 'A2', 'A2b', 'C2']);
  });

  it('of one producer do not hide the interleaved ones of another', () => {
    const log = new Log();
    const first = log.records(1, 'a1');
    log.records(2, 'c1');
    log.records(1, 'a2');
    log.marker(2, 'commit');
    log.marker(1, 'abort');
    log.records(1, 'c2');
    assert.deepEqual(values(log.bytes, [{ producerId: 1n, firstOffset: first }]), ['c1', 'c2']);
  });

  it('do not hide plain records with the id of a producer that aborted', () => {
    const log = new Log();
    const first = log.records(1, 'a1');
    const builder = new BatchBuilder(1000);
    builder.add({ key: null, value: Buffer.from('plain'), timestamp: 1 });
    const plain = builder.finish({ producerId: 1n, producerEpoch: 0, baseSequence: 0 });
    plain.writeBigInt64BE(101n, 0);
    assert.deepEqual(values(Buffer.concat([log.bytes, plain]), [{ producerId: 1n, firstOffset: first }]), [
      'plain',
    ]);
  });

  it('are never shown as control records, and the position moves behind the marker', () => {
    const log = new Log();
    log.records(3, 'x');
    log.marker(3, 'commit');
    const { batches, nextOffset } = readBatches(0, log.bytes, 100, []);
    assert.equal(batches.length, 1);
    assert.equal(nextOffset, 102);
  });

  it('do not hide what was committed behind an abort marker that can not be read', () => {
    const log = new Log();
    const first = log.records(7, 'aborted');
    log.marker(7, 'abort');
    const committed = log.records(7, 'committed');
    log.marker(7, 'commit');
    // A byte of the control record, which its checksum covers.
    log.parts[1]![70]! ^= 255;
    const aborted = [{ producerId: 7n, firstOffset: first }];
    const broken = readBatches(0, log.bytes, 100, aborted, { highWatermark: 104 });
    assert.equal(broken.nextOffset, committed);
    assert.throws(() => broken.batches[0]!.rows(), { code: 'CORRUPT_RECORDS' });
    const rest = Buffer.concat(log.parts.slice(2));
    const { batches } = readBatches(0, rest, committed, [], { highWatermark: 104 });
    assert.deepEqual(
      batches.flatMap((batch) => recordsOf(batch).map((record) => Buffer.from(record.value!).toString())),
      ['committed'],
    );
  });
});
