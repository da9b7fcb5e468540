import { abortable, SharedCalls } from '../base/async';
import type { Disposable } from '../base/lifecycle';
import { KafkaManagerError } from '../contract/errors';
import type { ClusterManager } from './clusterManager';
import { lagOf } from './groupLag';
import type {
  CommittedOffsets,
  GroupAnswers,
  GroupDescription,
  GroupLag,
  GroupListing,
  GroupRef,
  GroupType,
} from './groupTypes';
import { mapInTurns } from './mapInTurns';
import type { KafkaGateway } from './ports';
import { Turn } from './turn';

/** Types of the groups of a cluster, and why there may be others. */
interface Known {
  readonly types: ReadonlyMap<string, GroupType>;
  readonly failure: KafkaManagerError | undefined;
}

/**
 * Consumer groups of the clusters: classic ones, those of KIP-848 and share groups. A cluster id left undefined means the
 * active one. Callers who ask for the same at the same time share one load; an aborted signal ends only the waiting.
 */
export class GroupManager implements Disposable {
  readonly #clusters: ClusterManager;
  readonly #lists = new SharedCalls<string, GroupListing>();
  readonly #lags = new SharedCalls<string, GroupAnswers<GroupLag>>();
  /** What each cluster listed last. */
  readonly #known = new Map<string, Known>();

  constructor(clusters: ClusterManager) {
    this.#clusters = clusters;
  }

  /** All groups, sorted by id, and which brokers did not tell theirs. */
  async list(cluster: string | undefined, signal?: AbortSignal): Promise<GroupListing> {
    const id = this.#clusters.idOf(cluster);
    signal?.throwIfAborted();
    const load = this.#lists.run(id, async () => {
      const listing = await this.#clusters.use(id, (gateway) => gateway.listGroups());
      const types = await mapInTurns(
        listing.groups,
        (group) => group.id,
        (group) => group.type,
      );
      const [failure] = listing.failures.values();
      this.#known.set(id, { types, failure });
      return listing;
    });
    return abortable(load, signal);
  }

  /** A group with its members. @throws GROUP_NOT_FOUND */
  async describe(cluster: string | undefined, id: string, signal?: AbortSignal): Promise<GroupDescription> {
    const at = this.#clusters.idOf(cluster);
    const wasKnown = this.#known.get(at)?.types.has(id) === true;
    let answer = await this.#describe(at, id, signal);
    if (wasKnown && isNotFound(answer)) {
      // It may have come again as a group of another type.
      await this.list(at, signal);
      answer = await this.#describe(at, id, signal);
    }
    if (answer instanceof KafkaManagerError) throw answer;
    return answer;
  }

  /**
   * What each of the groups has still to read, and how many members it has. A group that fails has its error there, and
   * GROUP_NOT_FOUND where there is none of that id, or why a broker did not tell its groups.
   */
  async lags(
    cluster: string | undefined,
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<GroupAnswers<GroupLag>> {
    const at = this.#clusters.idOf(cluster);
    signal?.throwIfAborted();
    const load = this.#lags.run(JSON.stringify([at, ids]), async () => {
      const groups = await this.#refs(at, ids);
      const found = await this.#clusters.use(at, (gateway) => loadLags(gateway, groups));
      const listed = new Set(groups.map(({ id }) => id));
      const unlisted = this.#known.get(at)?.failure;
      return new Map(
        ids.map((id) => [id, found.get(id) ?? (listed.has(id) ? undefined : unlisted) ?? notFound(id)]),
      );
    });
    return abortable(load, signal);
  }

  dispose(): void {
    this.#known.clear();
  }

  async #describe(
    cluster: string,
    id: string,
    signal: AbortSignal | undefined,
  ): Promise<GroupDescription | KafkaManagerError> {
    const [group] = await this.#refs(cluster, [id], signal);
    if (!group) return this.#known.get(cluster)?.failure ?? notFound(id);
    const answers = await this.#clusters.use(cluster, (gateway) => gateway.describeGroups([group], signal));
    return answers.get(id) ?? notFound(id);
  }

  /** Those of the groups that there are. They are listed anew where one was not there at the last time. */
  async #refs(cluster: string, ids: readonly string[], signal?: AbortSignal): Promise<readonly GroupRef[]> {
    const known = this.#known.get(cluster);
    if (!known || ids.some((id) => !known.types.has(id))) await this.list(cluster, signal);
    const types = this.#known.get(cluster)?.types;
    return ids.flatMap((id) => {
      const type = types?.get(id);
      return type === undefined ? [] : [{ id, type }];
    });
  }
}

async function loadLags(gateway: KafkaGateway, groups: readonly GroupRef[]): Promise<GroupAnswers<GroupLag>> {
  const [committed, described] = await Promise.all([
    gateway.groupOffsets(groups),
    gateway.describeGroups(groups),
  ]);
  // The ends after the commits: so no group has read beyond them.
  const ends = await gateway.offsetsOf(await committedPartitions(committed), 'end');
  const lags = new Map<string, GroupLag | KafkaManagerError>();
  const turn = new Turn();
  for (const [id, offsets] of committed) {
    const group = described.get(id);
    const members = group instanceof KafkaManagerError ? undefined : group?.members.length;
    lags.set(id, offsets instanceof KafkaManagerError ? offsets : lagOf(offsets, ends, members));
    if (turn.isOver) await turn.pass();
  }
  return lags;
}

/** Every partition that one of the groups has committed, once. */
async function committedPartitions(
  committed: GroupAnswers<CommittedOffsets>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const wanted = new Map<string, Set<number>>();
  const turn = new Turn();
  for (const offsets of committed.values()) {
    if (offsets instanceof KafkaManagerError) continue;
    for (const [topic, partitions] of offsets) {
      const known = wanted.get(topic) ?? new Set();
      for (const partition of partitions.keys()) known.add(partition);
      wanted.set(topic, known);
    }
    if (turn.isOverSoon()) await turn.pass();
  }
  if (turn.isOver) await turn.pass();
  return new Map([...wanted].map(([topic, partitions]) => [topic, [...partitions]]));
}

function notFound(id: string): KafkaManagerError {
  return new KafkaManagerError('GROUP_NOT_FOUND', `There is no group "${id}".`, { details: { group: id } });
}

const isNotFound = (answer: unknown): boolean =>
  answer instanceof KafkaManagerError && answer.code === 'GROUP_NOT_FOUND';
