import * as vscode from 'vscode';
import { DisposableStore } from '../../../base/lifecycle';
import type { TopicSummary } from '../../../core/kafkaTypes';
import { answered, Cancelled } from '../../cancelled';
import { formatCount, formatExact } from '../../format';
import type { UiServices } from '../../services';
import { iconSafe } from '../../text';
import { TopicChoice } from './topicChoice';

/** How a topic is asked for. */
export interface PickTopicOptions {
  readonly title: string;
  /** With topics that Kafka keeps for itself; without them where left out. */
  readonly internal?: boolean;
}

/** One topic that is chosen as one types, out of any number of them. @throws Cancelled */
export async function pickTopic(
  services: UiServices,
  cluster: string,
  options: PickTopicOptions,
): Promise<string> {
  const [topic] = await pickTopics(services, cluster, { ...options, canPickMany: false });
  return answered(topic);
}

interface TopicItem extends vscode.QuickPickItem {
  readonly topic: string;
}

/** Topics that are chosen as one types, at least one. @throws Cancelled */
export async function pickTopics(
  services: UiServices,
  cluster: string,
  { title, internal = false, canPickMany }: PickTopicOptions & { readonly canPickMany: boolean },
): Promise<readonly string[]> {
  const topics = await services.topics.list(cluster, { internal });
  if (topics.length === 0) await offerToCreate();
  const store = new DisposableStore();
  const pick = store.add(vscode.window.createQuickPick<TopicItem>());
  const abort = new AbortController();
  try {
    pick.title = title;
    pick.canSelectMany = canPickMany;
    pick.placeholder = canPickMany
      ? vscode.l10n.t('Choose topics; type to search')
      : vscode.l10n.t('Choose a topic; type to search');
    new Rows(pick, topics, title).follow(store, countsOf(services, cluster, abort.signal));
    const chosen = await new Promise<readonly string[] | undefined>((resolve) => {
      pick.onDidAccept(() => resolve(pick.selectedItems.map(({ topic }) => topic)));
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
    if (answered(chosen).length === 0) throw new Cancelled();
    return answered(chosen);
  } finally {
    abort.abort();
    store.dispose();
  }
}

async function offerToCreate(): Promise<never> {
  const create = vscode.l10n.t('Create Topic…');
  const text = vscode.l10n.t('There are no topics yet.');
  const chosen = await vscode.window.showInformationMessage(text, create);
  if (chosen === create) await vscode.commands.executeCommand('localKafka.createTopic');
  throw new Cancelled();
}

/** Numbers of records of some topics; undefined where they can't be had. */
type LoadCounts = (names: readonly string[]) => Promise<ReadonlyMap<string, number | undefined>>;

function countsOf({ topics, logger }: UiServices, cluster: string, signal: AbortSignal): LoadCounts {
  return async (names) => {
    try {
      const counts = await topics.counts(cluster, names, signal);
      return new Map([...counts].map(([name, { records }]) => [name, records]));
    } catch (error) {
      // The pick is as good without them.
      if (!signal.aborted) logger.warn(`no counts for the choice of a topic: ${String(error)}`);
      return new Map();
    }
  };
}

/** The rows of a pick of topics. */
class Rows {
  readonly #pick: vscode.QuickPick<TopicItem>;
  readonly #topics: ReadonlyMap<string, TopicSummary>;
  readonly #choice: TopicChoice;
  readonly #title: string;
  readonly #counts = new Map<string, number | undefined>();

  constructor(pick: vscode.QuickPick<TopicItem>, topics: readonly TopicSummary[], title: string) {
    this.#pick = pick;
    this.#title = title;
    this.#topics = new Map(topics.map((topic) => [topic.name, topic]));
    this.#choice = new TopicChoice(topics.map(({ name }) => name));
  }

  /** Shows the first rows, and others as one types. */
  follow(store: DisposableStore, load: LoadCounts): void {
    const update = (): void => {
      this.#show();
      const names = this.#choice.shown.filter((name) => !this.#counts.has(name));
      for (const name of names) this.#counts.set(name, undefined);
      void load(names).then((counts) => {
        for (const [name, count] of counts) this.#counts.set(name, count);
        // New rows would move the cursor of somebody who has chosen already: they come with the next key then.
        if (!store.isDisposed && this.#isUntouched) this.#show();
      });
    };
    store.add(
      this.#pick.onDidChangeValue((value) => {
        if (this.#choice.type(value)) update();
        else this.#entitle();
      }),
    );
    update();
  }

  get #isUntouched(): boolean {
    const { items, activeItems, selectedItems, value } = this.#pick;
    const [active] = activeItems;
    return value === '' && selectedItems.length === 0 && (active === undefined || active === items[0]);
  }

  #show(): void {
    const { selectedItems } = this.#pick;
    const chosen = new Set(selectedItems.map(({ topic }) => topic));
    const items = this.#choice.shown.map((name) => this.#item(name));
    this.#pick.items = items;
    if (this.#pick.canSelectMany) this.#pick.selectedItems = items.filter(({ topic }) => chosen.has(topic));
    this.#entitle();
  }

  #entitle(): void {
    const { matching } = this.#choice;
    const isPart = matching > this.#choice.shown.length;
    this.#pick.title = isPart
      ? vscode.l10n.t('{0}: {1} topics, the first are shown', this.#title, formatExact(matching))
      : this.#title;
  }

  #item(name: string): TopicItem {
    const partitions = this.#topics.get(name)?.partitions ?? 0;
    const count = this.#counts.get(name);
    const parts =
      partitions === 1 ? vscode.l10n.t('1 partition') : vscode.l10n.t('{0} partitions', partitions);
    const messages =
      count === 0
        ? vscode.l10n.t('empty')
        : count === 1
          ? vscode.l10n.t('1 message')
          : vscode.l10n.t('{0} messages', formatCount(count ?? 0));
    const description = count === undefined ? parts : `${parts}, ${messages}`;
    return { topic: name, label: iconSafe(name), description };
  }
}
