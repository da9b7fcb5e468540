/**
 * Ctrl-C, a closed terminal, a polite kill, or a reader of our output that has gone (`npm start | head`): each means to
 * stop. A second one while it stops does not wait any longer.
 */
export class Interruption {
  readonly promise: Promise<void>;
  #count = 0;
  #again: () => void = () => {};

  constructor() {
    this.promise = new Promise<void>((resolve) => {
      const hear = (): void => {
        this.#count++;
        if (this.#count > 1) this.#again();
        resolve();
      };
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear);
      // Without a listener, EPIPE and EIO would end the process before it has let go of the broker.
      process.stdout.once('error', hear);
      for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    });
  }

  /** What a further one does. */
  onAgain(act: () => void): void {
    this.#again = act;
  }
}
