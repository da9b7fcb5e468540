import { KafkaManagerError } from '../../contract/errors';

/**
 * idle: none is open. failed: one is open and can only be aborted. unknown: it was told to commit, without an answer.
 * dead: nothing is possible any more.
 */
export type Phase = 'idle' | 'open' | 'failed' | 'committing' | 'unknown' | 'aborting' | 'dead';

const REFUSALS: Readonly<Record<Exclude<Phase, 'failed' | 'dead'>, string>> = {
  idle: 'No transaction is open: begin one first.',
  open: 'A transaction is open already: commit or abort it first.',
  committing: 'The transaction is being committed.',
  unknown: 'Nobody knows whether the transaction was committed: commit again, or abort to find out.',
  aborting: 'The transaction is being aborted.',
};

/** Where a transactional producer stands, and what is possible there. */
export class TransactionState {
  #phase: Phase = 'idle';
  #cause: Error | undefined;

  get phase(): Phase {
    return this.#phase;
  }

  /** What made the transaction fail, or ended the producer. */
  get cause(): Error | undefined {
    return this.#cause;
  }

  /** Why something is not possible that needs one of these phases; undefined where it is. In the phase dead its cause. */
  refusal(...allowed: readonly Phase[]): Error | undefined {
    if (allowed.includes(this.#phase)) return undefined;
    if (this.#phase === 'dead') return this.#cause;
    if (this.#phase !== 'failed') return wrong(REFUSALS[this.#phase]);
    return wrong(`The transaction has failed and can only be aborted: ${this.#cause!.message}`, this.#cause);
  }

  /** @throws KafkaManagerError INVALID_TRANSACTION_STATE in any other phase; in the phase dead its cause */
  require(...allowed: readonly Phase[]): void {
    const refusal = this.refusal(...allowed);
    if (refusal) throw refusal;
  }

  /** Goes on to another phase; not out of dead. */
  enter(phase: Exclude<Phase, 'failed' | 'dead'>): void {
    if (this.#phase === 'dead') return;
    this.#phase = phase;
    this.#cause = undefined;
  }

  /** Something of the open transaction went wrong; only the first error counts, and none while it is aborted anyway. */
  fail(error: Error): void {
    if (this.#phase !== 'open' && this.#phase !== 'committing') return;
    this.#toFailed(error);
  }

  /** The abort did not succeed: it is to be tried again. */
  failAbort(error: Error): void {
    if (this.#phase === 'aborting') this.#toFailed(error);
  }

  #toFailed(error: Error): void {
    this.#phase = 'failed';
    this.#cause = error;
  }

  /** Nothing is possible any more; only the first reason counts. */
  die(error: Error): void {
    if (this.#phase === 'dead') return;
    this.#phase = 'dead';
    this.#cause = error;
  }
}

function wrong(message: string, cause?: Error): KafkaManagerError {
  return new KafkaManagerError('INVALID_TRANSACTION_STATE', message, { cause });
}
