import type { Disposable } from '../../base/lifecycle';
import type { Logger } from '../../base/logger';
import type { ProducedRecord, ProduceOptions, ProduceOutcome, ProduceRecord } from '../../core/kafkaTypes';
import type { Clock } from '../../core/ports';
import { maxRecordBytes } from '../records/batchBuilder';
import { cancelled } from '../cancellable';
import { BulkWrite } from './bulkWrite';
import { Dispatcher } from './dispatcher';
import type { SendOptions } from './pending';
import type { GroupSink, PendingGroup } from './pendingGroup';
import { PendingRecord, type OutcomeSink } from './pendingRecord';
import { PendingRecords } from './pendingRecords';
import type { ProducerConnection } from './producerConnection';
import type { ProducerIdentity } from './producerIdentity';
import { ProducerIds } from './producerIds';
import { producerClosed, tooLarge } from './recordErrors';
import { SendBuffer } from './sendBuffer';
import { checkRecord, sendOptions } from './sendOptions';
import { SingleCall } from './singleCall';
import { Withdrawals } from './withdrawals';

/**
 * A broker closes the connection on larger requests (default of socket.request.max.bytes: 100 MiB), without an answer; so
 * much is left for what a request has beside the record.
 */
const MOST_RECORD_BYTES = 100 * 1024 * 1024 - 64 * 1024;

/**
 * Writes records. Those that arrive in the same turn of the event loop, or while a request is in flight, share a
 * request per broker; nobody waits for more to come unless asked to linger. Idempotent unless asked otherwise: over lost
 * answers, moved leaders and restarted brokers every record that succeeded is in the log once, in order of the calls per
 * partition.
 */
export class RecordProducer implements Disposable {
  readonly #clock: Clock;
  readonly #dispatcher: Dispatcher;
  readonly #pending = new PendingRecords();
  readonly #withdrawals = new Withdrawals();
  readonly #buffer: SendBuffer;
  readonly #writes = new Set<BulkWrite>();
  #disposed = false;

  /** @param identity as whom idempotent records are written; an id of its own where left out */
  constructor(
    connection: ProducerConnection,
    logger: Logger,
    clock: Clock = Date,
    identity: ProducerIdentity = new ProducerIds(connection),
  ) {
    this.#clock = clock;
    this.#dispatcher = new Dispatcher(connection, logger, identity);
    this.#buffer = new SendBuffer((record) => this.#dispatcher.add(record, performance.now()));
  }

  /**
   * Looks at a call of produce() without doing anything.
   * @throws KafkaManagerError VALIDATION_ERROR, MESSAGE_TOO_LARGE for what can't be sent wherever it goes;
   * KAFKA_CONNECTION_ERROR after dispose()
   */
  check(record: ProduceRecord, options: ProduceOptions): void {
    sendOptions(options);
    this.#check(record);
    checkSize(record.topic, maxRecordBytes(record));
  }

  /**
   * Writes one record. Where more than 64 MiB wait to be sent, it waits for room first.
   * @throws KafkaManagerError TOPIC_NOT_FOUND, PARTITION_NOT_FOUND, MESSAGE_TOO_LARGE, VALIDATION_ERROR and what the
   * broker refuses; TIMEOUT where nothing was sent in time; PRODUCE_OUTCOME_UNKNOWN where it was sent and no answer
   * came; CANCELLED, with `mayBeWritten` in its details where it was sent
   */
  async produce(
    record: ProduceRecord,
    options: ProduceOptions = {},
    signal?: AbortSignal,
  ): Promise<ProducedRecord> {
    const send = sendOptions(options);
    if (signal?.aborted) throw cancelled(signal);
    const call = new SingleCall((settled) => {
      if (signal) this.#withdrawals.delete(signal, settled);
      this.#buffer.release(settled);
      this.#pending.delete(settled);
    });
    const pending = this.#admit(record, send, call, performance.now());
    if (signal) this.#withdrawals.add(signal, pending);
    this.#buffer.add(pending);
    return call.outcome;
  }

  /**
   * Writes any number of records in flat memory, and hands out one outcome for each, in their order, in runs. No more
   * records are taken than fit into 16 MiB with those whose outcomes were not handed out yet. What one record is refused
   * for is its outcome and stops nothing. Who leaves early withdraws what is not written yet.
   * @throws KafkaManagerError VALIDATION_ERROR for options; CANCELLED or TIMEOUT after the outcomes of what was taken
   * before the signal; KAFKA_CONNECTION_ERROR where the producer ends meanwhile; the error of a broken iterable, after
   * the outcomes of what it gave
   */
  async *produceAll(
    records: Iterable<ProduceRecord> | AsyncIterable<ProduceRecord>,
    options: ProduceOptions = {},
    signal?: AbortSignal,
  ): AsyncGenerator<readonly ProduceOutcome[], void, undefined> {
    const send = sendOptions(options);
    if (signal?.aborted) throw cancelled(signal);
    if (this.#disposed) throw producerClosed();
    const write = new BulkWrite(records, {
      add: (record, sink, now, timestamp, overhead) =>
        this.#addToGroup(record, send, sink, now, timestamp, overhead),
      addAlone: (record, sink, now) => {
        const pending = this.#admit(record, send, sink, now);
        this.#dispatcher.add(pending, now);
        return pending;
      },
      delete: (pending) => this.#pending.delete(pending),
      replace: (group, records) => this.#pending.replace(group, records),
      timestamp: () => this.#clock.now(),
      hurry: () => this.#dispatcher.hurry(),
    });
    this.#writes.add(write);
    try {
      yield* write.run(signal);
    } finally {
      this.#writes.delete(write);
    }
  }

  /** Sends what is here without lingering; resolves when all records have their outcome. */
  flush(): Promise<void> {
    this.#dispatcher.hurry();
    return this.#pending.idle();
  }

  /** A topic was made, changed or deleted: it is looked at anew before anything more is sent to it. */
  forget(topic: string): void {
    this.#dispatcher.forget(topic);
  }

  /** Ends at once: records without an outcome get CANCELLED. flush() first to wait for them. */
  dispose(): void {
    this.#disposed = true;
    this.#dispatcher.dispose();
    this.#pending.cancelAll(new Error('the producer was closed'));
    for (const write of this.#writes) write.close();
  }

  #check(record: ProduceRecord): void {
    if (this.#disposed) throw producerClosed();
    checkRecord(record);
  }

  /** undefined where nothing is known of its partition yet. */
  #addToGroup(
    record: ProduceRecord,
    options: SendOptions,
    sink: GroupSink,
    now: number,
    timestamp: number,
    overhead: number,
  ): PendingGroup | undefined {
    this.#check(record);
    const maxBytes = maxRecordBytes(record);
    checkSize(record.topic, maxBytes);
    const lane = this.#dispatcher.laneFor(record, options, now);
    if (!lane) return undefined;
    let group = lane.groupFor(maxBytes, options, sink, now);
    if (!group) {
      group = lane.addGroup(maxBytes, options, sink, now);
      this.#pending.add(group);
      this.#dispatcher.activate(lane);
    }
    group.add(record, record.timestamp ?? timestamp, maxBytes + overhead);
    return group;
  }

  #admit(record: ProduceRecord, options: SendOptions, sink: OutcomeSink, now: number): PendingRecord {
    this.#check(record);
    const timestamp = record.timestamp ?? this.#clock.now();
    const pending = new PendingRecord(record, timestamp, options, sink, now);
    checkSize(record.topic, pending.maxBytes);
    this.#pending.add(pending);
    return pending;
  }
}

/** @throws KafkaManagerError MESSAGE_TOO_LARGE */
function checkSize(topic: string, maxBytes: number): void {
  if (maxBytes > MOST_RECORD_BYTES) throw tooLarge(topic, maxBytes);
}
