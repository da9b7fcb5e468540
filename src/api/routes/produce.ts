import * as z from 'zod';
import type { KafkaManagerError } from '../../contract/errors';
import { errorTable } from '../../contract/errorTable';
import { MAX_BATCH_MESSAGES } from '../../contract/limits';
import { clusterQuerySchema } from '../../contract/rest/fields';
import {
  messageSchema,
  type ProducedBatchData,
  producedBatchSchema,
  type ProducedData,
  producedSchema,
  produceBatchSchema,
  produceSchema,
} from '../../contract/rest/produce';
import type { ProducedRecord, ProduceOptions, ProduceRecord } from '../../core/kafkaTypes';
import type { ProduceOutcome } from '../../core/kafkaTypes';
import { CLUSTER_ERRORS } from '../openapi';
import { toProduceRecord } from '../recordInput';
import { addRoute, type ApiApp, DEADLINE_MS } from '../route';
import type { ApiServices } from '../services';
import { Turn } from '../../core/turn';
import { validate, validateEntries } from '../validate';

const ERRORS = [
  ...CLUSTER_ERRORS,
  'TOPIC_NOT_FOUND',
  'PARTITION_NOT_FOUND',
  'MESSAGE_TOO_LARGE',
  'INVALID_RECORD',
  'NOT_ENOUGH_REPLICAS',
  'PRODUCE_OUTCOME_UNKNOWN',
] as const;

/** Longest wait for an outcome in ms: below the deadline of the answer, so that what is unknown is said as such. */
const OUTCOME_MS = DEADLINE_MS - 5_000;

type ProduceBatch = z.output<typeof produceBatchSchema>;

const envelopeSchema = produceBatchSchema.extend({
  messages: z.array(z.unknown()).min(1).max(MAX_BATCH_MESSAGES),
});

/** /produce and /produce/batch. */
export function addProduceRoutes(app: ApiApp, services: ApiServices): void {
  const { messages } = services;
  addRoute(
    app,
    services,
    {
      method: 'post',
      path: '/produce',
      id: 'produce',
      tag: 'Messages',
      summary: 'Write one record',
      description: 'The topic must exist: it is never created by this.',
      query: clusterQuerySchema,
      body: produceSchema,
      data: producedSchema,
      errors: ERRORS,
    },
    async ({ query: { cluster }, body, signal }) => {
      const record = toProduceRecord(body.topic, body);
      const produced = await messages.produce(cluster, record, optionsOf(body), signal);
      return {
        data: producedData(produced),
        message: `Written to partition ${produced.partition} of "${produced.topic}".`,
      };
    },
  );
  addRoute(
    app,
    services,
    {
      method: 'post',
      path: '/produce/batch',
      id: 'produceBatch',
      tag: 'Messages',
      summary: 'Write many records of one topic, with one result for each',
      description:
        'A message that can not be read refuses the whole batch before anything is written. Where the broker refuses ' +
        'some records the others are written; where it refuses all of them for one reason, that is the answer.',
      query: clusterQuerySchema,
      body: produceBatchSchema,
      readBody: readBatch,
      data: producedBatchSchema,
      errors: ERRORS,
    },
    async ({ query: { cluster }, body, signal }) => {
      const records = await recordsOf(body);
      const outcomes = await messages.produceBatch(cluster, records, optionsOf(body), signal);
      const data = batchData(body.topic, outcomes);
      return { data, message: `${data.produced} of ${records.length} records written to "${body.topic}".` };
    },
  );
}

/** Checks a batch message by message, so that no size of it blocks others. */
async function readBatch(input: unknown): Promise<ProduceBatch> {
  const envelope = validate(envelopeSchema, input);
  return { ...envelope, messages: await validateEntries(messageSchema, envelope.messages, 'messages') };
}

async function recordsOf({ topic, messages }: ProduceBatch): Promise<ProduceRecord[]> {
  const turn = new Turn();
  const records: ProduceRecord[] = [];
  for (const [i, message] of messages.entries()) {
    records.push(toProduceRecord(topic, message, `messages.${i}.`));
    if (turn.isOver) await turn.pass();
  }
  return records;
}

function optionsOf({
  acks,
  compression,
}: {
  acks: 'all' | 1 | 0;
  compression: NonNullable<ProduceOptions['compression']>;
}): ProduceOptions {
  return { acks: acks === 'all' ? -1 : acks, idempotent: acks === 'all', compression, timeoutMs: OUTCOME_MS };
}

function producedData({ topic, partition, offset, timestamp }: ProducedRecord): ProducedData {
  return {
    topic,
    partition,
    offset: offset < 0 ? null : offset,
    timestamp: timestamp < 0 ? null : timestamp,
  };
}

/** @throws the one error that all records failed with */
function batchData(topic: string, outcomes: readonly ProduceOutcome[]): ProducedBatchData {
  const failures = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  const [first] = failures;
  if (first && failures.length === outcomes.length && failures.every(({ code }) => code === first.code)) {
    throw first;
  }
  return {
    topic,
    produced: outcomes.length - failures.length,
    failed: failures.length,
    results: outcomes.map((outcome) => {
      if (!outcome.ok) return { ok: false, error: errorData(outcome.error) };
      const { partition, offset, timestamp } = producedData(outcome.produced);
      return { ok: true, partition, offset, timestamp };
    }),
  };
}

function errorData({ code, message, remedy }: KafkaManagerError) {
  const { type, sentence } = errorTable[code];
  return { code, message: code === 'INTERNAL_ERROR' ? sentence : message, type, remedy };
}
