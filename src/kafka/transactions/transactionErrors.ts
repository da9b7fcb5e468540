import { KafkaManagerError } from '../../contract/errors';
import { brokerCodeOf } from '../errors';
import { errorCode } from '../protocol/errorCodes';

/** Another producer has taken the transactional id over, or the coordinator has ended the transaction by itself. */
const FENCED: readonly (number | undefined)[] = [
  errorCode.PRODUCER_FENCED,
  // Until KIP-588 the only name of it, and still that of the partitions' leaders.
  errorCode.INVALID_PRODUCER_EPOCH,
];
/** What no abort and no other transaction of this producer will mend. */
const FATAL: readonly (number | undefined)[] = [
  ...FENCED,
  errorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  errorCode.UNSUPPORTED_VERSION,
];

/** Whether an error of a transaction ends the producer, as against one that can be mended by an abort. */
export function isFatal(error: unknown): boolean {
  if (error instanceof KafkaManagerError && error.code === 'UNSUPPORTED_BY_BROKER') return true;
  return FATAL.includes(brokerCodeOf(error));
}

/** Who asked, for the words of an error. */
export interface Who {
  readonly transactionalId: string;
  readonly timeoutMs: number;
  /** How long the open transaction lasts already, in ms; undefined where none is open. */
  readonly openMs?: number | undefined;
}

/** An error of a broker in the words of a transaction: PRODUCER_FENCED, INVALID_CONFIGURATION, or as it came. */
export function transactionError(error: unknown, who: Who): Error {
  const code = brokerCodeOf(error);
  const details = { transactional_id: who.transactionalId };
  const cause = error instanceof KafkaManagerError ? error.cause : error;
  if (FENCED.includes(code)) return fenced(cause, who);
  if (code === errorCode.INVALID_TXN_STATE) {
    const message = `The broker has no open transaction of "${who.transactionalId}": nothing of it will be visible.`;
    const remedy = 'Abort, then begin the transaction again.';
    return new KafkaManagerError('INVALID_TRANSACTION_STATE', message, { details, remedy, cause });
  }
  if (code === errorCode.INVALID_TRANSACTION_TIMEOUT) {
    const message = `The broker takes no transaction timeout of ${who.timeoutMs} ms.`;
    const remedy = "Choose one up to the broker's transaction.max.timeout.ms, by default 900,000 ms.";
    return new KafkaManagerError('INVALID_CONFIGURATION', message, { details, remedy, cause });
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** Brokers tell a takeover and an expired transaction by the same code; the time that has passed says which it may be. */
function fenced(cause: unknown, { transactionalId, timeoutMs, openMs }: Who): KafkaManagerError {
  const details = { transactional_id: transactionalId };
  const id = `"${transactionalId}"`;
  if (openMs === undefined || openMs < timeoutMs) {
    const message = `Another producer has taken over the transactional id ${id}.`;
    return new KafkaManagerError('PRODUCER_FENCED', message, { details, cause });
  }
  const message =
    `The transaction of ${id} was open for ${Math.round(openMs)} ms, longer than its timeout of ${timeoutMs} ms: ` +
    `the broker has aborted it, or another producer has taken over the id.`;
  const remedy = 'Open a transactional producer again, with a longer transactionTimeoutMs.';
  return new KafkaManagerError('PRODUCER_FENCED', message, { details, remedy, cause });
}

/** The error where a commit was sent and nobody knows what became of it. */
export function commitUnknown(who: Who, cause: unknown, isEnded: boolean): KafkaManagerError {
  const { transactionalId } = who;
  const why = cause instanceof Error ? ` ${cause.message}` : '';
  const message = `The transaction of "${transactionalId}" may or may not have been committed.${why}`;
  const details = { transactional_id: transactionalId };
  const remedy = isEnded ? { remedy: 'Read the topics under read_committed to see what was written.' } : {};
  return new KafkaManagerError('TRANSACTION_OUTCOME_UNKNOWN', message, { details, cause, ...remedy });
}
