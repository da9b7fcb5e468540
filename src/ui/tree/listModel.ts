import { Emitter, type Event } from '../../base/event';
import type { KafkaManagerError } from '../../contract/errors';
import { toManagerError } from '../../contract/errors';
import { NameList } from './nameList';

/** Where a list has its names from, and what is told of each. It keeps what it has learned. */
export interface ListSource {
  /** Asks for all names, in the order in which they are shown. */
  names(cluster: string): Promise<ListedNames>;
  /** Asks for the figures of some names; answers those that look different now. */
  figures(cluster: string, names: readonly string[]): Promise<readonly string[]>;
  /** Whether the figures of a name have been asked for. */
  hasFigures(name: string): boolean;
  /** Forgets everything, for another cluster. */
  reset(): void;
}

export interface ListedNames {
  readonly names: readonly string[];
  /** Why some may be missing. */
  readonly problem?: KafkaManagerError | undefined;
}

/** What has to be drawn anew: the rows of these names, or everything. */
export type ListChange = 'all' | readonly string[];

/** How long the first rows wait for their figures, ms, so that they are drawn once and not twice. */
const FIGURES_MS = 120;

/**
 * What a view of many names shows: the names of one cluster, narrowed and page by page, with the figures of those that
 * are shown. Answers for another cluster than the present one are dropped.
 */
export class ListModel {
  readonly #source: ListSource;
  readonly #list = new NameList();
  readonly #didChange = new Emitter<ListChange>();
  #cluster: string | undefined;
  #hasLoaded = false;
  #problem: KafkaManagerError | undefined;

  constructor(source: ListSource) {
    this.#source = source;
  }

  get onDidChange(): Event<ListChange> {
    return this.#didChange.event;
  }

  /** The cluster whose names these are; undefined where it is not running. */
  get cluster(): string | undefined {
    return this.#cluster;
  }

  /** Whether the names of the cluster, or why there are none, are known. */
  get hasLoaded(): boolean {
    return this.#hasLoaded;
  }

  /** Why the last refresh did not bring everything. */
  get problem(): KafkaManagerError | undefined {
    return this.#problem;
  }

  get list(): Omit<NameList, 'setNames' | 'setFilter' | 'showMore' | 'reset'> {
    return this.#list;
  }

  /** Shows another cluster: what is known of the former one is gone at once. */
  use(cluster: string | undefined): void {
    if (cluster === this.#cluster) return;
    this.#cluster = cluster;
    this.#hasLoaded = false;
    this.#problem = undefined;
    this.#list.reset();
    this.#source.reset();
    this.#didChange.fire('all');
  }

  /** Asks for names and figures. A failure is the {@link problem}; the rows stay. */
  async refresh(): Promise<void> {
    const cluster = this.#cluster;
    if (cluster === undefined) return;
    try {
      const { names, problem } = await this.#source.names(cluster);
      if (cluster !== this.#cluster) return;
      const before = this.#list.shown;
      const hadMatching = this.#list.counts.matching;
      const hadProblem = this.#problem;
      this.#list.setNames(names);
      this.#problem = problem;
      // How many are not shown is told too.
      const isSameList = hadMatching === this.#list.counts.matching && sameTexts(before, this.#list.shown);
      const isSame = this.#hasLoaded && hadProblem === problem && isSameList;
      await this.#loadFigures(this.#list.shown, !isSame);
    } catch (error) {
      this.#failed(cluster, error);
    }
  }

  /** Narrows the list, and asks for the figures of rows that have none yet. */
  async setFilter(filter: string): Promise<void> {
    this.#list.setFilter(filter);
    this.#didChange.fire('all');
    await this.#loadMissing();
  }

  async showMore(): Promise<void> {
    this.#list.showMore();
    this.#didChange.fire('all');
    await this.#loadMissing();
  }

  dispose(): void {
    this.#didChange.dispose();
  }

  async #loadMissing(): Promise<void> {
    const cluster = this.#cluster;
    const missing = this.#list.shown.filter((name) => !this.#source.hasFigures(name));
    if (cluster === undefined || missing.length === 0) return;
    try {
      await this.#loadFigures(missing, false);
    } catch (error) {
      this.#failed(cluster, error);
    }
  }

  async #loadFigures(names: readonly string[], isAllNew: boolean): Promise<void> {
    const cluster = this.#cluster!;
    this.#hasLoaded = true;
    const loading = this.#source.figures(cluster, names);
    let early: NodeJS.Timeout | undefined;
    let isDrawn = !isAllNew;
    if (isAllNew) {
      early = setTimeout(() => {
        if (cluster !== this.#cluster) return;
        isDrawn = true;
        this.#didChange.fire('all');
      }, FIGURES_MS);
    }
    let changed: readonly string[];
    try {
      changed = await loading;
    } finally {
      clearTimeout(early);
    }
    if (cluster !== this.#cluster) return;
    if (!isDrawn) this.#didChange.fire('all');
    else this.#didChange.fire(changed);
  }

  #failed(cluster: string, error: unknown): void {
    if (cluster !== this.#cluster) return;
    this.#problem = toManagerError(error);
    this.#hasLoaded = true;
    this.#didChange.fire('all');
  }
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
