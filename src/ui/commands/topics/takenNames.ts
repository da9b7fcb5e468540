/**
 * What keeps a new topic from having a name, or is worth knowing about it, given the names that are taken. Kafka writes
 * `.` and `_` alike in the names of metrics and refuses a topic whose name collides with another one (Topic.hasCollision).
 */
export class TakenNames {
  readonly #names: ReadonlySet<string>;
  readonly #byMetric: ReadonlyMap<string, string>;

  constructor(names: readonly string[]) {
    this.#names = new Set(names);
    this.#byMetric = new Map(names.map((name) => [metricName(name), name]));
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The other topic that the name collides with. */
  collision(name: string): string | undefined {
    return this.#names.has(name) ? undefined : this.#byMetric.get(metricName(name));
  }
}

function metricName(name: string): string {
  return name.replaceAll('.', '_');
}
