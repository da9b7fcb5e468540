import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import type { UiServices } from '../services';
import { setContext } from '../context';
import { linkSafe, plainText } from '../text';
import { formatExact } from '../format';
import { showFilterBox } from './filterBox';
import type { ListChange, ListModel } from './listModel';
import { nodeItem } from './nodeItem';
import { pageSize } from './nameList';
import type { GroupNode, MoreNode, TopicNode, TreeNode } from './nodes';
import { type RowsBelow, OpenedRows } from './openedRows';
import { errorRows, problemItem, problemRows } from './problemItems';
import { RefreshLoop } from './refreshLoop';
import { offerToStart } from './offerToStart';
import { upCluster } from './upCluster';

/** What a view of many names shows of each, and how it speaks of them. */
export interface ListKind<N extends TopicNode | GroupNode> {
  readonly viewId: string;
  readonly view: MoreNode['view'];
  readonly filteredKey: 'localKafka.topicsFiltered' | 'localKafka.groupsFiltered';
  readonly retry: 'refreshTopics' | 'refreshGroups';
  readonly filterTitle: string;
  readonly filterPlaceholder: string;
  readonly node: (cluster: string, name: string) => N;
  readonly item: (node: TreeNode) => vscode.TreeItem | undefined;
  /** Adds to a row, when somebody looks at it, what is too dear to be asked for each. */
  readonly resolve?: (node: TreeNode, item: vscode.TreeItem) => Promise<void>;
  /** What is below a row, asked for when it is opened. */
  readonly children: (node: N) => Promise<RowsBelow<TreeNode>>;
}

/** More changed rows than this are drawn as one list. */
const FEW_ROWS = 40;

/** A view of many names: drawn page by page, narrowed as one types, refreshed only while it is seen. */
export class ListTree<N extends TopicNode | GroupNode>
  implements vscode.TreeDataProvider<TreeNode>, Disposable
{
  readonly #kind: ListKind<N>;
  readonly #model: ListModel;
  readonly #clusters: UiServices['clusters'];
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>());
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #loop: RefreshLoop;
  /** The nodes of rows that are drawn: VS Code knows them by identity. */
  #nodes = new Map<string, N>();
  readonly #opened = new OpenedRows((node: N) => this.#below(node));
  #filterBox: Disposable | undefined;

  constructor(
    kind: ListKind<N>,
    model: ListModel,
    { clusters, settings }: Pick<UiServices, 'clusters' | 'settings'>,
  ) {
    this.#kind = kind;
    this.#model = model;
    this.#clusters = clusters;
    model.use(upCluster(clusters));
    this.#loop = this.#store.add(
      new RefreshLoop({
        refresh: () => this.#refresh(),
        intervalMs: () => settings.get('views.refreshSeconds') * 1_000,
      }),
    );
    this.#view = this.#store.add(
      vscode.window.createTreeView<TreeNode>(kind.viewId, {
        treeDataProvider: this,
        showCollapseAll: true,
        canSelectMany: kind.view === 'topics',
      }),
    );
    this.#store.add(this.#view.onDidChangeVisibility(({ visible }) => this.#loop.setVisible(visible)));
    this.#store.add(this.#view.onDidCollapseElement(({ element }) => this.#opened.close(element as N)));
    this.#store.add(model.onDidChange((change) => this.#draw(change)));
    this.#store.add(clusters.onDidChangeStatus(() => this.#follow()));
    this.#store.add(clusters.onDidChangeProfiles(() => this.#follow()));
    this.#store.add(
      settings.onDidChange((keys) => {
        if (keys.has('views.refreshSeconds')) this.#loop.replan();
      }),
    );
    this.#loop.setVisible(this.#view.visible);
    setContext(kind.filteredKey, false);
  }

  get onDidChangeTreeData(): vscode.Event<TreeNode | TreeNode[] | undefined> {
    return this.#didChange.event;
  }

  /** Tells that something has changed; it is asked for when the view is seen. */
  changed(): void {
    this.#loop.request();
  }

  /** Asks for everything at once. */
  refresh(): Promise<void> {
    return this.#loop.now();
  }

  showMore(): Promise<void> {
    return this.#model.showMore();
  }

  /** Shows only what has this text in its name. */
  async filterTo(text: string): Promise<void> {
    this.#filterBox?.dispose();
    await this.#filterBy(text);
  }

  /** Opens the box that narrows the list. */
  async filter(): Promise<void> {
    if (upCluster(this.#clusters) === undefined) {
      await offerToStart(this.#clusters);
      return;
    }
    this.#filterBox?.dispose();
    const apply = (text: string): void => void this.#filterBy(text);
    this.#filterBox = showFilterBox({
      ...{ title: this.#kind.filterTitle, placeholder: this.#kind.filterPlaceholder },
      value: this.#model.list.filter,
      onType: apply,
      onDone: apply,
      prompt: () => linkSafe(this.#countText()),
    });
  }

  async clearFilter(): Promise<void> {
    await this.filterTo('');
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node === undefined) return this.#roots();
    if (node.kind !== 'topic' && node.kind !== 'group') return [];
    return [...(await this.#opened.open(node as N))];
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if (node.kind === 'problem' || node.kind === 'note' || node.kind === 'action') return problemItem(node);
    if (node.kind === 'more') return this.#moreItem(node);
    return this.#kind.item(node) ?? new vscode.TreeItem('');
  }

  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    await this.#kind.resolve?.(node, item);
    return item;
  }

  dispose(): void {
    this.#filterBox?.dispose();
    this.#store.dispose();
  }

  async #roots(): Promise<TreeNode[]> {
    const { cluster } = this.#model;
    if (cluster === undefined) return [];
    // As soon as there are names: what the rows tell of them may come later.
    if (!this.#model.hasLoaded) await Promise.race([this.#loop.current(), this.#nextDraw()]);
    // What was under way may have been for another cluster.
    if (!this.#model.hasLoaded) await this.#loop.now();
    if (cluster !== this.#model.cluster) return [];
    const { shown, hidden } = this.#model.list;
    const nodes = new Map<string, N>();
    for (const name of shown) nodes.set(name, this.#nodes.get(name) ?? this.#kind.node(cluster, name));
    this.#nodes = nodes;
    this.#opened.keep((node) => nodes.get(nameOf(node)) === node);
    const { problem } = this.#model;
    return [
      ...(problem ? problemRows(cluster, this.#kind.view, problem, this.#kind.retry) : []),
      ...nodes.values(),
      ...(hidden > 0 ? [{ kind: 'more', view: this.#kind.view, cluster } as const] : []),
    ];
  }

  #nextDraw(): Promise<void> {
    return new Promise((resolve) => {
      const once = this.#model.onDidChange(() => {
        once.dispose();
        resolve();
      });
    });
  }

  async #refresh(): Promise<void> {
    await this.#model.refresh();
    const changed = await this.#opened.refresh();
    if (changed.length > 0) this.#didChange.fire([...changed]);
  }

  async #below(node: N): Promise<RowsBelow<TreeNode>> {
    try {
      return await this.#kind.children(node);
    } catch (error) {
      const of = `${node.kind}/${encodeURIComponent(nameOf(node))}`;
      const rows = errorRows(node.cluster, of, error, this.#kind.retry);
      return { rows, look: JSON.stringify(rows) };
    }
  }

  #draw(change: ListChange): void {
    this.#describe();
    if (change === 'all') {
      this.#didChange.fire(undefined);
      return;
    }
    const nodes: TreeNode[] = [];
    for (const name of change) {
      const node = this.#nodes.get(name);
      if (node) nodes.push(node);
    }
    if (nodes.length > FEW_ROWS) this.#didChange.fire(undefined);
    else if (nodes.length > 0) this.#didChange.fire(nodes);
  }

  /** Follows the active cluster: another one, or one that came up or went, is asked at once. */
  #follow(): void {
    const cluster = upCluster(this.#clusters);
    if (cluster !== this.#model.cluster) {
      // Left with Escape it would put the filter of the former cluster on this one.
      this.#filterBox?.dispose();
      this.#nodes = new Map();
      this.#opened.keep(() => false);
      this.#model.use(cluster);
      this.#loop.request();
      setContext(this.#kind.filteredKey, false);
    } else if (this.#model.problem && cluster !== undefined && this.#isUp(cluster)) this.#loop.request();
  }

  #isUp(cluster: string): boolean {
    return this.#clusters.status(cluster).state === 'running';
  }

  async #filterBy(text: string): Promise<void> {
    setContext(this.#kind.filteredKey, text.trim() !== '');
    if (text !== this.#model.list.filter) await this.#model.setFilter(text);
  }

  #describe(): void {
    const { filter } = this.#model.list;
    const isFiltered = filter.trim() !== '';
    this.#view.description = isFiltered
      ? vscode.l10n.t('filter: {0}, {1}', plainText(filter.trim()), this.#countText())
      : '';
  }

  #countText(): string {
    const { matching, all } = this.#model.list.counts;
    return vscode.l10n.t('{0} of {1}', formatExact(matching), formatExact(all));
  }

  #moreItem(node: MoreNode): vscode.TreeItem {
    const { hidden } = this.#model.list;
    const title =
      hidden <= pageSize
        ? vscode.l10n.t('Show {0} More', hidden)
        : vscode.l10n.t('Show {0} More ({1} not shown)', pageSize, formatExact(hidden));
    return nodeItem(node, {
      ...{ label: title, icon: 'ellipsis', context: 'more', spoken: vscode.l10n.t('{0}, action', title) },
      command: { command: 'localKafka.showMore', title, arguments: [node] },
    });
  }
}

function nameOf(node: TreeNode): string {
  return node.kind === 'topic' ? node.topic : node.kind === 'group' ? node.group : '';
}
