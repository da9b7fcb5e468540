import type { TopicSummary } from '../../core/kafkaTypes';
import { mapInTurns } from '../../core/mapInTurns';
import type { TopicCount, TopicPolicy } from '../../core/topicFigures';
import type { TopicManager } from '../../core/topicManager';
import type { ListedNames, ListSource } from './listModel';

/** What a row of a topic tells. What has not been told yet is undefined. */
export interface TopicRow {
  readonly summary: TopicSummary | undefined;
  /** Upper bound of its records. */
  readonly records: number | undefined;
  readonly isCompacted: boolean;
  readonly policy: TopicPolicy | undefined;
}

/** What is known of the topics of one cluster: names at first, figures only of those that somebody sees. */
export class TopicRows implements ListSource {
  readonly #topics: Pick<TopicManager, 'list' | 'counts' | 'policies'>;
  #summaries: ReadonlyMap<string, TopicSummary> = new Map();
  readonly #counts = new Map<string, TopicCount>();
  readonly #policies = new Map<string, TopicPolicy>();
  #showsInternal: boolean;
  /** Raised with each cluster: what was asked of a former one is not kept, since topics of one name are in both. */
  #generation = 0;

  constructor(topics: Pick<TopicManager, 'list' | 'counts' | 'policies'>, showsInternal: boolean) {
    this.#topics = topics;
    this.#showsInternal = showsInternal;
  }

  get showsInternal(): boolean {
    return this.#showsInternal;
  }

  /** Counts from the next {@link names} on. */
  showInternal(isShown: boolean): void {
    this.#showsInternal = isShown;
  }

  row(name: string): TopicRow {
    const policy = this.#policies.get(name);
    return {
      summary: this.#summaries.get(name),
      records: this.#counts.get(name)?.records,
      isCompacted: policy?.cleanupPolicy?.split(',').includes('compact') ?? false,
      policy,
    };
  }

  async names(cluster: string): Promise<ListedNames> {
    const generation = this.#generation;
    const all = await this.#topics.list(cluster, { internal: true });
    const summaries = await mapInTurns(
      all,
      ({ name }) => name,
      (topic) => topic,
    );
    if (generation === this.#generation) this.#keep(summaries);
    const own: string[] = [];
    const internal: string[] = [];
    for (const { name, isInternal } of all) (isInternal ? internal : own).push(name);
    return { names: this.#showsInternal ? [...own, ...internal] : own };
  }

  async figures(cluster: string, names: readonly string[]): Promise<readonly string[]> {
    const generation = this.#generation;
    const before = names.map((name) => this.#look(name));
    // Who may not read configs still sees the counts.
    const [counts, policies] = await Promise.all([
      this.#topics.counts(cluster, names),
      this.#topics.policies(cluster, names).catch(() => new Map<string, TopicPolicy>()),
    ]);
    if (generation !== this.#generation) return [];
    for (const [name, count] of counts) this.#counts.set(name, count);
    for (const [name, policy] of policies) this.#policies.set(name, policy);
    return names.filter((name, index) => this.#look(name) !== before[index]);
  }

  hasFigures(name: string): boolean {
    return this.#counts.has(name);
  }

  reset(): void {
    this.#generation++;
    this.#summaries = new Map();
    this.#counts.clear();
    this.#policies.clear();
  }

  #keep(summaries: ReadonlyMap<string, TopicSummary>): void {
    this.#summaries = summaries;
    for (const known of [this.#counts, this.#policies]) {
      for (const name of known.keys()) if (!this.#summaries.has(name)) known.delete(name);
    }
  }

  /** What of the row a user can see, as one text. */
  #look(name: string): string {
    const { records, isCompacted, summary } = this.row(name);
    return `${records ?? ''} ${String(isCompacted)} ${summary?.partitions ?? ''}`;
  }
}
