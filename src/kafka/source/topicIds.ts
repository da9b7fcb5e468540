import type { FetchPosition } from '../../core/scan/recordSource';

/**
 * Which topic the positions of a reader belong to: one that was deleted and made anew has the same name, but another id
 * (KIP-516), and maybe as many records. Kept per partition, since a reader may ask for each alone. Where the broker has
 * no ids nothing is known.
 */
export class TopicIds {
  readonly #known = new Map<string, Map<number, string>>();

  /** A reading begins: positions from now on belong to whatever has the name now. */
  forget(topic: string): void {
    this.#known.delete(topic);
  }

  /** The positions that belong to another topic than this one, which has the name now. */
  former(
    topic: string,
    topicId: string | undefined,
    positions: readonly FetchPosition[],
  ): readonly FetchPosition[] {
    const known = this.#known.get(topic);
    if (!known || topicId === undefined) return [];
    return positions.filter(({ partition }) => (known.get(partition) ?? topicId) !== topicId);
  }

  /** Positions in these partitions belong to the topic with this id from now on. */
  learn(topic: string, topicId: string | undefined, positions: readonly FetchPosition[]): void {
    if (topicId === undefined) return;
    const known = this.#known.get(topic) ?? new Map<number, string>();
    this.#known.set(topic, known);
    for (const { partition } of positions) known.set(partition, topicId);
  }
}
