/**
 * MurmurHash2 with Kafka's seed, as Java's Utils.murmur2: the hash that spreads keys over partitions, a signed 32-bit
 * number.
 */
export function murmur2(bytes: Uint8Array): number {
  const m = 0x5bd1e995;
  const length = bytes.length;
  let hash = 0x9747b28c ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    word = Math.imul(word, m);
    word ^= word >>> 24;
    hash = Math.imul(hash, m) ^ Math.imul(word, m);
  }
  const rest = length - at;
  if (rest > 0) {
    for (let i = rest - 1; i >= 0; i--) hash ^= bytes[at + i]! << (8 * i);
    hash = Math.imul(hash, m);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, m);
  return hash ^ (hash >>> 15);
}

/** The partition of a key, the same as Java's and librdkafka's murmur2 partitioners give it. An empty key is a key. */
export function partitionForKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fff_ffff) % partitions;
}

/** Spreads records without a key: each goes to the next partition that has a leader. */
export class RoundRobin {
  #next: number;

  /** @param start where to begin; random where left out, so that short-lived producers don't all use partition 0 */
  constructor(start = Math.floor(Math.random() * 0x7fff_ffff)) {
    this.#next = start;
  }

  /** @param leaders of all partitions; -1 where there is none */
  next(leaders: ReadonlyMap<number, number>): number {
    const count = leaders.size;
    for (let tries = 0; tries < count; tries++) {
      const partition = this.#next++ % count;
      if ((leaders.get(partition) ?? -1) >= 0) return partition;
    }
    return this.#next++ % count;
  }
}
