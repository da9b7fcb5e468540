import { connectionFailure } from '../../../../../src/kafka/connectionErrors';
import type { Api } from '../../../../../src/kafka/protocol/api';
import { errorCode } from '../../../../../src/kafka/protocol/errorCodes';
import type { AddPartitionsToTxnRequest } from '../../../../../src/kafka/protocol/messages/addPartitionsToTxn';
import type { EndTxnRequest } from '../../../../../src/kafka/protocol/messages/endTxn';
import type { InitProducerIdRequest } from '../../../../../src/kafka/protocol/messages/initProducerId';
import type { ProduceRequest } from '../../../../../src/kafka/protocol/messages/produce';
import type { TxnOffsetCommitRequest } from '../../../../../src/kafka/protocol/messages/txnOffsetCommit';
import type { TransactionConnection } from '../../../../../src/kafka/transactions/transactionalProducer';
import { seeBatch } from '../../producer/support/fakeLog';

/** What becomes of a request: a code instead of its work, or a connection that breaks before, behind or beside it. */
export type Fault = number | 'lose answer' | 'never arrives' | 'arrives late' | undefined;

interface Written {
  readonly partition: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly values: readonly string[];
  outcome: 'open' | 'committed' | 'aborted';
}

const { NONE, PRODUCER_FENCED, INVALID_TXN_STATE, INVALID_PRODUCER_EPOCH, CONCURRENT_TRANSACTIONS } =
  errorCode;

/** One broker with one topic `t` of two partitions, which coordinates one transactional id as Apache Kafka 3.9 does. */
export class FakeBroker implements TransactionConnection {
  /** Names of the APIs that were called, in order, with what tells them apart. */
  readonly calls: string[] = [];
  fault: (api: string, request: number) => Fault = () => undefined;
  /** Group offsets: what is committed. */
  offsets = new Map<number, number>();
  isDisposed = false;
  epoch = -1;
  #lastEpoch = -1;
  #phase: 'empty' | 'ongoing' | 'committed' | 'aborted' = 'empty';
  readonly #partitions = new Set<number>();
  #pendingOffsets = new Map<number, number>();
  readonly #log: Written[] = [];
  #late: (() => void)[] = [];

  /** What read_committed shows of a partition. */
  visible(partition: number): string[] {
    const records = this.#log.filter((one) => one.partition === partition);
    const open = records.findIndex(({ outcome }) => outcome === 'open');
    const stable = open < 0 ? records : records.slice(0, open);
    return stable.filter(({ outcome }) => outcome === 'committed').flatMap(({ values }) => values);
  }

  /** Another producer takes the id over. */
  takeOver(): void {
    while (this.#init(-1).errorCode !== NONE);
  }

  /** It was without its coordinator for so long that the transaction is gone. */
  forget(): void {
    this.#finish('aborted');
    this.#phase = 'empty';
  }

  /** What was delayed on the way arrives. */
  deliverLate(): void {
    for (const arrive of this.#late.splice(0)) arrive();
  }

  call<Request, Response>(
    _target: unknown,
    api: Api<Request, Response>,
    request: Request,
  ): Promise<Response> {
    const name =
      api.name === 'EndTxn' ? ((request as EndTxnRequest).committed ? 'commit' : 'abort') : api.name;
    this.calls.push(name);
    const fault = this.fault(name, this.calls.length);
    const work = (): unknown =>
      this.#answer(api.name, request, typeof fault === 'number' ? fault : undefined);
    if (fault === 'arrives late') this.#late.push(work);
    if (fault === 'lose answer') work();
    if (typeof fault === 'string') {
      return Promise.reject(connectionFailure('closed', { host: 'h', port: 1 }, 'The connection broke.'));
    }
    return Promise.resolve(work() as Response);
  }

  send(): Promise<void> {
    return Promise.reject(new Error('a transaction needs answers'));
  }

  leaders(): Promise<ReadonlyMap<number, number>> {
    return Promise.resolve(new Map([[0, 1], [1, 1]])); // prettier-ignore
  }

  invalidate(): void {}

  dispose(): void {
    this.isDisposed = true;
  }

  #answer(api: string, request: unknown, code: number | undefined): unknown {
    switch (api) {
      case 'FindCoordinator':
        return { errorCode: code ?? NONE, nodeId: 1 };
      case 'InitProducerId':
        return code === undefined
          ? this.#init((request as InitProducerIdRequest).producerEpoch ?? -1)
          : { errorCode: code };
      case 'AddPartitionsToTxn':
        return this.#addPartitions(request as AddPartitionsToTxnRequest, code);
      case 'AddOffsetsToTxn':
        return { errorCode: code ?? this.#start((request as { producerEpoch: number }).producerEpoch) };
      case 'TxnOffsetCommit':
        return this.#commitOffsets(request as TxnOffsetCommitRequest, code);
      case 'EndTxn':
        return { errorCode: code ?? this.#end(request as EndTxnRequest) };
      case 'Produce':
        return this.#produce(request as ProduceRequest, code);
      default:
        throw new Error(`${api} is not known here`);
    }
  }

  #init(expected: number): { errorCode: number; producerId: bigint; producerEpoch: number } {
    const answer = (code: number): { errorCode: number; producerId: bigint; producerEpoch: number } => ({
      errorCode: code,
      producerId: 7n,
      producerEpoch: this.epoch,
    });
    if (this.#phase === 'ongoing') {
      this.epoch++;
      this.#lastEpoch = -1;
      this.#finish('aborted');
      return answer(CONCURRENT_TRANSACTIONS);
    }
    if (expected >= 0 && expected === this.#lastEpoch) return answer(NONE);
    if (expected >= 0 && expected !== this.epoch) return answer(PRODUCER_FENCED);
    this.#lastEpoch = expected;
    this.epoch++;
    return answer(NONE);
  }

  #start(epoch: number): number {
    if (epoch !== this.epoch) return PRODUCER_FENCED;
    this.#phase = 'ongoing';
    return NONE;
  }

  #addPartitions(request: AddPartitionsToTxnRequest, fault: number | undefined): unknown {
    const code = fault ?? this.#start(request.v3AndBelowProducerEpoch);
    const partitions = request.v3AndBelowTopics.flatMap((topic) => topic.partitions);
    if (code === NONE) for (const partition of partitions) this.#partitions.add(partition);
    const resultsByPartition = partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: code,
    }));
    return { resultsByTopicV3AndBelow: [{ name: 't', resultsByPartition }] };
  }

  #commitOffsets({ producerEpoch, topics }: TxnOffsetCommitRequest, fault: number | undefined): unknown {
    const { partitions } = topics[0]!;
    const code = fault ?? (producerEpoch === this.epoch ? NONE : INVALID_PRODUCER_EPOCH);
    if (code === NONE)
      for (const p of partitions) this.#pendingOffsets.set(p.partitionIndex, p.committedOffset);
    const answers = partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code }));
    return { topics: [{ name: 't', partitions: answers }] };
  }

  #end({ producerEpoch, committed }: EndTxnRequest): number {
    if (producerEpoch !== this.epoch) return PRODUCER_FENCED;
    const wanted = committed ? 'committed' : 'aborted';
    if (this.#phase !== 'ongoing') return this.#phase === wanted ? NONE : INVALID_TXN_STATE;
    this.#finish(wanted);
    return NONE;
  }

  #finish(outcome: 'committed' | 'aborted'): void {
    this.#phase = outcome;
    for (const one of this.#log) if (one.outcome === 'open') one.outcome = outcome;
    if (outcome === 'committed')
      for (const [partition, offset] of this.#pendingOffsets) this.offsets.set(partition, offset);
    this.#pendingOffsets = new Map();
    this.#partitions.clear();
  }

  #produce({ topicData, transactionalId }: ProduceRequest, fault: number | undefined): unknown {
    const partitionResponses = topicData[0]!.partitionData.map(({ index, records }) => {
      const { baseOffset, code } =
        fault === undefined && transactionalId === 'id'
          ? this.#append(index, Buffer.from(records!))
          : { baseOffset: -1, code: fault ?? INVALID_TXN_STATE };
      return {
        index,
        errorCode: code,
        baseOffset,
        logAppendTimeMs: -1,
        recordErrors: [],
        errorMessage: null,
      };
    });
    return { responses: [{ name: 't', partitionResponses }] };
  }

  #append(partition: number, bytes: Buffer): { baseOffset: number; code: number } {
    const { sequence, values } = seeBatch('t', partition, bytes);
    const epoch = bytes.readInt16BE(51);
    const mine = this.#log.filter((one) => one.partition === partition);
    const newest = Math.max(-1, ...mine.map((one) => one.epoch));
    if (epoch < Math.max(newest, this.epoch)) return { baseOffset: -1, code: INVALID_PRODUCER_EPOCH };
    const before = mine.filter((one) => one.epoch === epoch);
    if (before.some((one) => one.sequence === sequence)) return { baseOffset: 0, code: NONE };
    // Transactions are verified (KIP-890), and say so in their attributes.
    const isTransactional = (bytes.readInt16BE(21) & 0x10) !== 0;
    if (!isTransactional || this.#phase !== 'ongoing' || !this.#partitions.has(partition)) {
      return { baseOffset: -1, code: INVALID_TXN_STATE };
    }
    const last = before.at(-1);
    if (sequence !== (last ? last.sequence + last.values.length : 0)) {
      return { baseOffset: -1, code: errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER };
    }
    this.#log.push({ partition, epoch, sequence, values, outcome: 'open' });
    return { baseOffset: mine.flatMap((one) => one.values).length, code: NONE };
  }
}
