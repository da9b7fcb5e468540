import type { Disposable } from '../base/lifecycle';
import type { KafkaGateway } from './ports';
import type { RecordSource } from './scan/recordSource';

/**
 * Keeps one idle source per connection, so that a page after the other needs no new sockets. A source that may have a
 * fetch parked is not kept: one of a failure, and one of a read that was ended from outside (see `endedByItself`).
 */
export class SourcePool implements Disposable {
  readonly #idle = new Map<KafkaGateway, RecordSource>();
  #disposed = false;

  /**
   * Runs `work` on a source of its own and disposes or keeps it afterwards.
   * @param endedByItself whether a result says that the source stands idle now
   */
  async use<T>(
    gateway: KafkaGateway,
    work: (source: RecordSource) => Promise<T>,
    endedByItself: (result: T) => boolean,
    signal?: AbortSignal,
  ): Promise<T> {
    const source = await this.take(gateway, signal);
    try {
      const result = await work(source);
      if (endedByItself(result)) this.give(gateway, source);
      else source.dispose();
      return result;
    } catch (error) {
      source.dispose();
      throw error;
    }
  }

  /** An idle source or a new one; hand it back with `give`, or dispose it. */
  async take(gateway: KafkaGateway, signal?: AbortSignal): Promise<RecordSource> {
    const idle = this.#idle.get(gateway);
    this.#idle.delete(gateway);
    return idle ?? gateway.openSource(signal);
  }

  give(gateway: KafkaGateway, source: RecordSource): void {
    if (this.#disposed || this.#idle.has(gateway)) source.dispose();
    else this.#idle.set(gateway, source);
  }

  /** Disposes the idle source of a connection that is no longer used. */
  forgetAll(): void {
    for (const source of this.#idle.values()) source.dispose();
    this.#idle.clear();
  }

  dispose(): void {
    this.#disposed = true;
    this.forgetAll();
  }
}
