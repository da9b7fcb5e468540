import { Emitter, type Event } from '../base/event';
import type { Disposable } from '../base/lifecycle';

/** A topic that records were written to. */
export interface WrittenTopic {
  readonly cluster: string;
  readonly topic: string;
}

/** However much is written, a topic is told of no more often than this, in ms. */
const PAUSE_MS = 1_000;

/** Tells which topics have more records than before, without a word for each of them. */
export class WrittenTopics implements Disposable {
  readonly #didWrite = new Emitter<WrittenTopic>();
  /** Per cluster and topic, what tells of it at the end of the pause. */
  readonly #pauses = new Map<string, { timer: NodeJS.Timeout; isDue: boolean }>();

  /** Fires soon after records were written, with the first at once. */
  get onDidWrite(): Event<WrittenTopic> {
    return this.#didWrite.event;
  }

  add(written: WrittenTopic): void {
    const key = `${written.cluster}/${written.topic}`;
    const pause = this.#pauses.get(key);
    if (pause) pause.isDue = true;
    else this.#tell(key, written);
  }

  dispose(): void {
    for (const { timer } of this.#pauses.values()) clearTimeout(timer);
    this.#pauses.clear();
    this.#didWrite.dispose();
  }

  #tell(key: string, written: WrittenTopic): void {
    const timer = setTimeout(() => {
      const isDue = this.#pauses.get(key)?.isDue === true;
      this.#pauses.delete(key);
      if (isDue) this.#tell(key, written);
    }, PAUSE_MS);
    timer.unref();
    this.#pauses.set(key, { timer, isDue: false });
    this.#didWrite.fire(written);
  }
}
