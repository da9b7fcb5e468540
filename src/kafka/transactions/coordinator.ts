import { delay } from '../../base/async';
import { backoffMs } from '../../base/retry';
import type { KafkaManagerError } from '../../contract/errors';
import { cancellable } from '../cancellable';
import type { KafkaConnection } from '../connection';
import { failureOf } from '../connectionErrors';
import { brokerCodeOf, brokerError, isConnectionLoss, isRetriable } from '../errors';
import type { Api } from '../protocol/api';
import { errorCode } from '../protocol/errorCodes';
import { findCoordinator } from '../protocol/messages/findCoordinator';

/** What a coordinator is asked for, by the number of the protocol (FindCoordinatorRequest.json). */
export const coordinatorKinds = { group: 0, transaction: 1 } as const;

/** What coordinators need of a connection. */
export type CoordinatorConnection = Pick<KafkaConnection, 'call'>;

/** How one request to a coordinator is made. */
export interface CoordinatorCall<Response> {
  /** The error that an answer tells, the gravest where it has several. */
  readonly errorOf: (answer: Response) => KafkaManagerError | undefined;
  /** How long it is repeated, in ms. */
  readonly withinMs: number;
  readonly signal?: AbortSignal | undefined;
  /** A request may have reached the coordinator, but its answer did not reach us. */
  readonly onLost?: () => void;
}

/** Newer versions ask for several keys at once, in another field (KIP-699). */
const ONE_KEY = 3;
/** A coordinator that hangs is found out by then, in ms. */
const ANSWER_MS = 10_000;
/** A coordinator may hear of a new topic later than others. */
const MISSING_MS = 2_000;
/** Kinds of failure that come before anything was sent. */
const NOT_SENT: readonly (string | undefined)[] = ['refused', 'unresolved', 'unreachable'];
const backoff = { baseMs: 20, maxMs: 1_000 };
/** The coordinator has moved, or is not there yet. */
const MOVED: readonly (number | undefined)[] = [
  errorCode.NOT_COORDINATOR,
  errorCode.COORDINATOR_NOT_AVAILABLE,
  errorCode.BROKER_NOT_AVAILABLE,
];

/**
 * The broker that keeps a transactional id or a consumer group. A request is repeated while the coordinator moves,
 * loads, or still ends the transaction before, and also where the connection broke: so only for requests that are
 * the same when they arrive twice.
 */
export class Coordinator {
  readonly #connection: CoordinatorConnection;
  readonly #kind: keyof typeof coordinatorKinds;
  readonly #key: string;
  #node: number | undefined;

  constructor(connection: CoordinatorConnection, kind: keyof typeof coordinatorKinds, key: string) {
    this.#connection = connection;
    this.#kind = kind;
    this.#key = key;
  }

  /**
   * Sends a request to the coordinator until it is answered without a passing error.
   * @throws what the coordinator answers; the last passing error when `withinMs` is over; CANCELLED, TIMEOUT
   */
  async call<Request, Response>(
    api: Api<Request, Response>,
    request: Request,
    { errorOf, withinMs, signal, onLost }: CoordinatorCall<Response>,
  ): Promise<Response> {
    const start = performance.now();
    const end = start + withinMs;
    for (let attempt = 0; ; attempt++) {
      let sent = false;
      try {
        const node = (this.#node ??= await this.#find(signal));
        sent = true;
        const options = { timeoutMs: ANSWER_MS, signal };
        const answer = await this.#connection.call(node, api, request, options);
        const refusal = errorOf(answer);
        if (refusal === undefined) return answer;
        throw refusal;
      } catch (error) {
        if (sent && brokerCodeOf(error) === undefined && !NOT_SENT.includes(failureOf(error))) onLost?.();
        if (MOVED.includes(brokerCodeOf(error)) || isConnectionLoss(error)) this.#node = undefined;
        const pause = backoffMs(attempt, backoff);
        const now = performance.now();
        if (signal?.aborted || !isPassing(error, now - start) || now + pause > end) throw error;
        await cancellable(delay(pause), signal);
      }
    }
  }

  async #find(signal: AbortSignal | undefined): Promise<number> {
    const request = { key: this.#key, keyType: coordinatorKinds[this.#kind] };
    const options = { timeoutMs: ANSWER_MS, maxVersion: ONE_KEY, signal };
    const answer = await this.#connection.call('any', findCoordinator, request, options);
    if (answer.errorCode === errorCode.NONE) return answer.nodeId;
    throw brokerError(answer.errorCode, { api: 'FindCoordinator', message: answer.errorMessage });
  }
}

/** Whether an error of a request to a coordinator may be gone on the next try. */
function isPassing(error: unknown, elapsedMs: number): boolean {
  const code = brokerCodeOf(error);
  if (code === errorCode.UNKNOWN_TOPIC_OR_PARTITION) return elapsedMs < MISSING_MS;
  // A coordinator that restarts is for a moment no broker of the cluster.
  return isRetriable(error) || code === errorCode.BROKER_NOT_AVAILABLE || isConnectionLoss(error);
}
