import { type Disposable, toDisposable } from '../../base/lifecycle';

/** Something that who passes has to wait at while it is closed. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  get isClosed(): boolean {
    return this.#closed;
  }

  set(closed: boolean): void {
    this.#closed = closed;
    if (closed) return;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Resolves when it is open. */
  passed(): Promise<void> {
    return this.#closed ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  /** Opens when the signal is aborted, so that who waits sees that it is over. */
  opensWith(signal: AbortSignal): Disposable {
    const open = (): void => this.set(false);
    signal.addEventListener('abort', open, { once: true });
    return toDisposable(() => signal.removeEventListener('abort', open));
  }
}
