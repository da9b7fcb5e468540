import { type ErrorCode, errorTable } from './errorTable';

export interface KafkaManagerErrorOptions {
  /** Structured facts for the failure envelope; never secrets, keys or values. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What the user can do, where it is more exact than the table's. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** Marks our errors across bundles: each lazy chunk in dist/ carries its own copy of this class. */
const brand = Symbol.for('localKafka.error');

/** The only error type that managers, gateway and runtimes let out: a code, a sentence for the user, the cause kept. */
export class KafkaManagerError extends Error {
  override readonly name = 'KafkaManagerError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly remedy: string;
  readonly [brand] = true;

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** @param message what happened, to what; the table's sentence if left out. */
  constructor(code: ErrorCode, message?: string, options: KafkaManagerErrorOptions = {}) {
    super(
      message ?? errorTable[code].sentence,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.details = options.details;
    this.remedy = options.remedy ?? errorTable[code].remedy;
  }
}

/**
 * The error as one of ours, with the cause kept: an aborted call is CANCELLED, one that a deadline (AbortSignal.timeout)
 * ended is a TIMEOUT, and what nobody foresaw an INTERNAL_ERROR.
 */
export function toManagerError(error: unknown): KafkaManagerError {
  if (error instanceof KafkaManagerError) return error;
  if (error instanceof Error && error.name === 'AbortError') {
    return new KafkaManagerError('CANCELLED', undefined, { cause: error });
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new KafkaManagerError('TIMEOUT', undefined, { cause: error });
  }
  return new KafkaManagerError('INTERNAL_ERROR', undefined, { cause: error });
}
