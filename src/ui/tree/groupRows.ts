import { KafkaManagerError } from '../../contract/errors';
import type { GroupManager } from '../../core/groupManager';
import type { GroupLag, GroupSummary } from '../../core/groupTypes';
import { mapInTurns } from '../../core/mapInTurns';
import type { ListedNames, ListSource } from './listModel';

/** What a row of a consumer group tells. What has not been told yet is undefined. */
export interface GroupRow {
  readonly summary: GroupSummary | undefined;
  readonly lag: GroupLag | undefined;
  /** Whether the lag was smaller at the refresh before the last. */
  readonly isGrowing: boolean;
  /** Why the lag is not known. */
  readonly problem: KafkaManagerError | undefined;
}

type Asked = Omit<GroupRow, 'summary'>;

/** What is known of the groups of one cluster: names at first, lag only of those that somebody sees. */
export class GroupRows implements ListSource {
  readonly #groups: Pick<GroupManager, 'list' | 'lags'>;
  #summaries: ReadonlyMap<string, GroupSummary> = new Map();
  readonly #asked = new Map<string, Asked>();
  /** Raised with each cluster: what was asked of a former one is not kept, since groups of one name are in both. */
  #generation = 0;

  constructor(groups: Pick<GroupManager, 'list' | 'lags'>) {
    this.#groups = groups;
  }

  row(name: string): GroupRow {
    const asked = this.#asked.get(name) ?? { lag: undefined, isGrowing: false, problem: undefined };
    return { summary: this.#summaries.get(name), ...asked };
  }

  async names(cluster: string): Promise<ListedNames> {
    const generation = this.#generation;
    const { groups, failures } = await this.#groups.list(cluster);
    const summaries = await mapInTurns(
      groups,
      ({ id }) => id,
      (group) => group,
    );
    if (generation === this.#generation) this.#keep(summaries);
    const [problem] = failures.values();
    return { names: [...summaries.keys()], problem };
  }

  async figures(cluster: string, names: readonly string[]): Promise<readonly string[]> {
    const generation = this.#generation;
    const before = names.map((name) => this.#look(name));
    const answers = await this.#groups.lags(cluster, names);
    if (generation !== this.#generation) return [];
    for (const [name, answer] of answers) this.#asked.set(name, this.#learn(name, answer));
    return names.filter((name, index) => this.#look(name) !== before[index]);
  }

  hasFigures(name: string): boolean {
    return this.#asked.has(name);
  }

  reset(): void {
    this.#generation++;
    this.#summaries = new Map();
    this.#asked.clear();
  }

  #keep(summaries: ReadonlyMap<string, GroupSummary>): void {
    this.#summaries = summaries;
    for (const name of this.#asked.keys()) if (!this.#summaries.has(name)) this.#asked.delete(name);
  }

  #learn(name: string, answer: GroupLag | KafkaManagerError): Asked {
    if (answer instanceof KafkaManagerError) return { lag: undefined, isGrowing: false, problem: answer };
    const former = this.#asked.get(name)?.lag?.total;
    const isGrowing = former !== undefined && answer.total !== undefined && answer.total > former;
    return { lag: answer, isGrowing, problem: undefined };
  }

  /** What of the row a user can see, as one text. */
  #look(name: string): string {
    const { summary, lag, isGrowing, problem } = this.row(name);
    return [summary?.state, lag?.total, lag?.members, isGrowing, problem?.message].join(' ');
  }
}
