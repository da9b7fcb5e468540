import { abortable } from '../../base/async';
import type { FetchOptions, FetchPosition } from '../../core/scan/recordSource';
import type { FetchRound } from './fetchRound';

/** A Fetch to one broker on its way. */
interface Flight {
  readonly topic: string;
  readonly topicId: string | undefined;
  readonly options: FetchOptions;
  readonly asked: ReadonlyMap<number, number>;
  readonly landed: Promise<void>;
  /** What came of it, once it has landed. */
  outcome: FlightOutcome | undefined;
}

/** The answer of one broker, or why there is none. */
export type FlightOutcome = { readonly round: FetchRound } | { readonly failure: unknown };

/** What one round asks: the positions by the broker that leads them. */
export interface FlightPlan {
  readonly topic: string;
  /** Undefined where the broker has no ids. */
  readonly topicId: string | undefined;
  readonly options: FetchOptions;
  readonly byLeader: ReadonlyMap<number, readonly FetchPosition[]>;
}

/**
 * Fetches on their way, one per broker. A broker holds a Fetch while it has nothing to send: what another one has must
 * not wait for that. So a round ends with the first answer that brings something, and the rest stay on their way for the
 * next round that wants the same.
 */
export class FetchFlights {
  readonly #send: (plan: FlightPlan, leader: number) => Promise<FetchRound>;
  readonly #flights = new Map<number, Flight>();

  /** @param send sends the Fetch of a plan to one of its brokers */
  constructor(send: (plan: FlightPlan, leader: number) => Promise<FetchRound>) {
    this.#send = send;
  }

  /**
   * Sends what is not on its way yet, and waits until something useful has come or all have answered.
   * @throws the signal's reason; what is on its way then stays so
   */
  async next(plan: FlightPlan, signal: AbortSignal): Promise<readonly FlightOutcome[]> {
    const flights = [...plan.byLeader].map(([leader, positions]) => {
      const known = this.#flights.get(leader);
      if (known && serves(known, plan, positions)) return { leader, flight: known };
      const flight = this.#start(plan, leader, positions);
      this.#flights.set(leader, flight);
      return { leader, flight };
    });
    await abortable(firstUseful(flights.map(({ flight }) => flight)), signal);
    return flights.flatMap(({ leader, flight }) => {
      if (!flight.outcome) return [];
      if (this.#flights.get(leader) === flight) this.#flights.delete(leader);
      return [flight.outcome];
    });
  }

  /** Another reading begins: what is on its way for this topic, or has landed and was not taken, is not its own. */
  forget(topic: string): void {
    for (const [leader, flight] of this.#flights) if (flight.topic === topic) this.#flights.delete(leader);
  }

  #start(plan: FlightPlan, leader: number, positions: readonly FetchPosition[]): Flight {
    const { topic, topicId, options } = plan;
    const asked = new Map(positions.map(({ partition, offset }) => [partition, offset]));
    const flight: Flight = {
      topic,
      topicId,
      options,
      asked,
      outcome: undefined,
      landed: this.#send(plan, leader).then(
        (round) => void (flight.outcome = { round }),
        (failure: unknown) => void (flight.outcome = { failure }),
      ),
    };
    return flight;
  }
}

/** Whether what is on its way is asked for again; partitions that it does not bring have to wait for the round after. */
function serves(
  flight: Flight,
  { topic, topicId, options }: FlightPlan,
  wanted: readonly FetchPosition[],
): boolean {
  const { isolation, checkCrc } = flight.options;
  if (flight.topic !== topic || flight.topicId !== topicId) return false;
  if (isolation !== options.isolation || checkCrc !== options.checkCrc) return false;
  const shared = wanted.filter(({ partition }) => flight.asked.has(partition));
  return shared.length > 0 && shared.every(({ partition, offset }) => flight.asked.get(partition) === offset);
}

function isUseful(outcome: FlightOutcome | undefined): boolean {
  if (!outcome) return false;
  if ('failure' in outcome) return true;
  const { fetched, outOfRange, error } = outcome.round;
  return fetched.length > 0 || outOfRange.length > 0 || error !== undefined;
}

function firstUseful(flights: readonly Flight[]): Promise<void> {
  return new Promise((resolve) => {
    let left = flights.length;
    for (const flight of flights) {
      void flight.landed.then(() => {
        left -= 1;
        if (left === 0 || isUseful(flight.outcome)) resolve();
      });
    }
  });
}
