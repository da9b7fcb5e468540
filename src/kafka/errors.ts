import { KafkaManagerError } from '../contract/errors';
import type { ErrorCode } from '../contract/errorTable';
import { errorCode, errorName, isRetriableCode } from './protocol/errorCodes';
import type { ErrorName } from './protocol/errorCodes';

/** What a broker answered, as the cause of a KafkaManagerError. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  /** Kafka's error code. */
  readonly code: number;

  constructor(api: string, code: number, message: string | null | undefined) {
    super(`${api}: ${errorName(code)}${message ? ` (${message})` : ''}`);
    this.code = code;
  }
}

/** What an error code of a broker was about. */
export interface ErrorContext {
  /** Kafka's name of the API. */
  readonly api: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly group?: string;
  /** The broker's own words, where it has any. */
  readonly message?: string | null;
}

const codes: Partial<Record<ErrorName, ErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'TOPIC_NOT_FOUND',
  UNKNOWN_TOPIC_ID: 'TOPIC_NOT_FOUND',
  GROUP_ID_NOT_FOUND: 'GROUP_NOT_FOUND',
  TOPIC_ALREADY_EXISTS: 'TOPIC_ALREADY_EXISTS',
  INVALID_TOPIC_EXCEPTION: 'INVALID_TOPIC_NAME',
  INVALID_PARTITIONS: 'INVALID_PARTITIONS',
  INVALID_REPLICATION_FACTOR: 'INVALID_REPLICATION_FACTOR',
  INVALID_CONFIG: 'INVALID_CONFIGURATION',
  OFFSET_OUT_OF_RANGE: 'OFFSET_OUT_OF_RANGE',
  POLICY_VIOLATION: 'POLICY_VIOLATION',
  MESSAGE_TOO_LARGE: 'MESSAGE_TOO_LARGE',
  RECORD_LIST_TOO_LARGE: 'MESSAGE_TOO_LARGE',
  INVALID_RECORD: 'INVALID_RECORD',
  INVALID_TIMESTAMP: 'INVALID_RECORD',
  NOT_ENOUGH_REPLICAS: 'NOT_ENOUGH_REPLICAS',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'NOT_ENOUGH_REPLICAS',
  UNSUPPORTED_VERSION: 'UNSUPPORTED_BY_BROKER',
  REQUEST_TIMED_OUT: 'TIMEOUT',
  SASL_AUTHENTICATION_FAILED: 'KAFKA_AUTHENTICATION_ERROR',
  UNSUPPORTED_SASL_MECHANISM: 'KAFKA_AUTHENTICATION_ERROR',
  ILLEGAL_SASL_STATE: 'KAFKA_AUTHENTICATION_ERROR',
  TOPIC_AUTHORIZATION_FAILED: 'KAFKA_AUTHORIZATION_FAILED',
  CLUSTER_AUTHORIZATION_FAILED: 'KAFKA_AUTHORIZATION_FAILED',
  GROUP_AUTHORIZATION_FAILED: 'KAFKA_AUTHORIZATION_FAILED',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'KAFKA_AUTHORIZATION_FAILED',
};

/** Kafka answers a name that differs from another topic's only in . and _ with INVALID_TOPIC_EXCEPTION and this word. */
const collision = /collides with/i;

/** A broker's error code as an error of ours that names the topic and the partition; the code is kept as the cause. */
export function brokerError(code: number, context: ErrorContext): KafkaManagerError {
  const name = errorName(code);
  const ours = codes[name as ErrorName] ?? 'KAFKA_ERROR';
  const { topic, partition, group, message } = context;
  const details = {
    kafka_error: name,
    ...(topic === undefined ? {} : { topic }),
    ...(partition === undefined ? {} : { partition }),
    ...(group === undefined ? {} : { group }),
  };
  const options = { details, cause: new BrokerError(context.api, code, message) };
  if (code === errorCode.INVALID_TOPIC_EXCEPTION && message && collision.test(message)) {
    return new KafkaManagerError('TOPIC_NAME_COLLISION', withStop(message), options);
  }
  if (ours === 'TOPIC_NOT_FOUND' && topic !== undefined) {
    return partition === undefined
      ? new KafkaManagerError('TOPIC_NOT_FOUND', `There is no topic "${topic}".`, options)
      : new KafkaManagerError(
          'PARTITION_NOT_FOUND',
          `Topic "${topic}" has no partition ${partition}.`,
          options,
        );
  }
  if (code === errorCode.TOPIC_ALREADY_EXISTS && topic !== undefined) {
    return new KafkaManagerError(ours, `Topic "${topic}" exists already.`, options);
  }
  if (ours === 'GROUP_NOT_FOUND' && group !== undefined) {
    return new KafkaManagerError(ours, `There is no group "${group}".`, options);
  }
  const what = message ? withStop(message) : `${name}.`;
  return new KafkaManagerError(ours, `${context.api}${subjectOf(context)} was refused: ${what}`, options);
}

function subjectOf({ topic, partition, group }: ErrorContext): string {
  if (group !== undefined) return ` of group "${group}"`;
  if (topic === undefined) return '';
  return partition === undefined ? ` of topic "${topic}"` : ` of topic "${topic}", partition ${partition}`;
}

const withStop = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

/** Kafka's code behind an error of ours, where a broker answered one. */
export function brokerCodeOf(error: unknown): number | undefined {
  const cause: unknown = error instanceof KafkaManagerError ? error.cause : error;
  return cause instanceof BrokerError ? cause.code : undefined;
}

/** Whether the connection failed, so that nobody knows whether the broker did what it was asked. */
export function isConnectionLoss(error: unknown): boolean {
  return (
    error instanceof KafkaManagerError &&
    brokerCodeOf(error) === undefined &&
    (error.code === 'KAFKA_CONNECTION_ERROR' || error.code === 'TIMEOUT')
  );
}

/** Whether a broker answered an error that may be gone on the next try; it has not done what it was asked. */
export function isRetriable(error: unknown): boolean {
  const code = brokerCodeOf(error);
  return code !== undefined && isRetriableCode(code);
}
