import { type Disposable, toDisposable } from './lifecycle';

/** Subscribe function of a typed event; the returned Disposable ends the subscription. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/**
 * Source of an event. Listeners run in the order of their subscription; an event fired from inside a listener is
 * delivered after the current one has reached everybody, so that all listeners see the same order.
 */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #queue: { value: T }[] = [];
  readonly #onError: (error: unknown) => void;
  #delivering = false;
  #disposed = false;

  /** @param onError receives what a listener throws; by default it is rethrown outside of the delivery. */
  constructor(onError?: (error: unknown) => void) {
    this.#onError =
      onError ??
      ((error) => {
        queueMicrotask(() => {
          throw error;
        });
      });
  }

  readonly event: Event<T> = (listener) => {
    if (this.#disposed) return toDisposable(() => {});
    // A wrapper, so that one function may subscribe twice.
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return toDisposable(() => this.#listeners.delete(own));
  };

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  fire(value: T): void {
    if (this.#disposed) return;
    this.#queue.push({ value });
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        for (const listener of [...this.#listeners]) {
          try {
            listener(next.value);
          } catch (error) {
            this.#onError(error);
          }
        }
      }
    } finally {
      this.#delivering = false;
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#listeners.clear();
    this.#queue.length = 0;
  }
}
