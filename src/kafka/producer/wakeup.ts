/** Lets one coroutine wait until another has something for it. A call that comes before the wait is kept. */
export class Wakeup {
  #resolve: (() => void) | undefined;
  #isDue = false;

  call(): void {
    if (this.#resolve) {
      this.#resolve();
      this.#resolve = undefined;
    } else {
      this.#isDue = true;
    }
  }

  wait(): Promise<void> {
    if (this.#isDue) {
      this.#isDue = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => (this.#resolve = resolve));
  }
}
