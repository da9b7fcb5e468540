import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import { KafkaManagerError } from '../../contract/errors';
import type { ClusterStatus } from '../../core/clusterStatus';
import type { BrokerInfo } from '../../core/kafkaTypes';
import { viewIds } from '../contributions';
import type { UiServices } from '../services';
import { BrokerLists } from './brokerLists';
import type { ApiNode, BrokerNode, ClusterNode, TreeAction, TreeNode } from './nodes';
import { errorRows, problemItem, problemRows } from './problemItems';
import { RefreshLoop } from './refreshLoop';
import { apiItem, brokerItem, clusterItem, endpointItem } from './serviceItems';

/** The view "Services": each cluster with its brokers, and the REST API. */
export class ServicesTree implements vscode.TreeDataProvider<TreeNode>, Disposable {
  readonly #services: Pick<UiServices, 'clusters' | 'api' | 'settings'>;
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new vscode.EventEmitter<TreeNode | undefined>());
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #loop: RefreshLoop;
  readonly #brokers: BrokerLists;
  readonly #facts = new WeakMap<BrokerNode, BrokerInfo>();
  readonly #nodes = new Map<string, ClusterNode>();
  readonly #api: ApiNode = { kind: 'api' };
  /** What each cluster was last seen as, so that steps of a start draw only their row. */
  readonly #seen = new Map<string, string>();
  /** Clusters that have something below them since they were last drawn: VS Code leaves those folded by itself. */
  readonly #toUnfold = new Set<string>();

  constructor(services: Pick<UiServices, 'clusters' | 'api' | 'settings'>) {
    const { clusters, api, settings } = services;
    this.#services = services;
    this.#brokers = new BrokerLists(clusters);
    this.#loop = this.#store.add(
      new RefreshLoop({
        refresh: () => this.#load(),
        intervalMs: () => settings.get('views.refreshSeconds') * 1_000,
      }),
    );
    this.#view = this.#store.add(
      vscode.window.createTreeView<TreeNode>(viewIds.services, { treeDataProvider: this }),
    );
    this.#store.add(
      this.#view.onDidChangeVisibility(({ visible }) => {
        this.#loop.setVisible(visible);
        this.#unfold();
      }),
    );
    this.#store.add(clusters.onDidChangeStatus((status) => this.#statusChanged(status)));
    this.#store.add(clusters.onDidChangeProfiles(() => this.#didChange.fire(undefined)));
    this.#store.add(api.onDidChange(() => this.#didChange.fire(this.#api)));
    this.#store.add(
      settings.onDidChange((keys) => {
        if (keys.has('views.refreshSeconds')) this.#loop.replan();
      }),
    );
    this.#loop.setVisible(this.#view.visible);
  }

  get onDidChangeTreeData(): vscode.Event<TreeNode | undefined> {
    return this.#didChange.event;
  }

  /** Asks for everything at once. */
  refresh(): Promise<void> {
    return this.#loop.now();
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node === undefined) return this.#roots();
    if (node.kind === 'cluster') return this.#below(node);
    const api = this.#services.api.state;
    if (node.kind !== 'api' || api.state !== 'failed') return [];
    return problemRows('', 'api', { message: api.reason, remedy: api.remedy }, 'apiSettings');
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === 'cluster' || node.kind === 'api' ? undefined : this.#nodes.get(node.cluster);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if (node.kind === 'cluster') return this.#clusterItem(node);
    if (node.kind === 'endpoint') return endpointItem(node);
    if (node.kind === 'api') return apiItem(node, this.#services.api.state);
    if (node.kind === 'problem' || node.kind === 'note' || node.kind === 'action') return problemItem(node);
    const facts = node.kind === 'broker' ? this.#facts.get(node) : undefined;
    return node.kind === 'broker' && facts ? brokerItem(node, facts) : new vscode.TreeItem('');
  }

  dispose(): void {
    this.#store.dispose();
  }

  #roots(): TreeNode[] {
    const profiles = this.#services.clusters.profiles();
    if (profiles.length === 0) return [];
    const ids = new Set(profiles.map(({ id }) => id));
    for (const id of [...this.#nodes.keys()]) if (!ids.has(id)) this.#nodes.delete(id);
    return [...profiles.map(({ id }) => this.#node(id)), this.#api];
  }

  #clusterItem(node: ClusterNode): vscode.TreeItem {
    const { clusters } = this.#services;
    const isOnly = clusters.profiles().length < 2;
    const activity = isOnly ? 'only' : node.cluster === clusters.activeId ? 'active' : 'other';
    return clusterItem(node, clusters.status(node.cluster), activity);
  }

  #node(cluster: string): ClusterNode {
    const node = this.#nodes.get(cluster) ?? { kind: 'cluster', cluster };
    this.#nodes.set(cluster, node);
    return node;
  }

  async #below({ cluster }: ClusterNode): Promise<TreeNode[]> {
    const status = this.#services.clusters.status(cluster);
    if (status.state === 'failed') return problemRows(cluster, 'cluster', whyOf(status), ...mendsOf(status));
    if (!isUp(status)) return [];
    const rows: TreeNode[] = [];
    if (status.state === 'degraded') {
      rows.push(...problemRows(cluster, 'cluster', whyOf(status), 'refreshServices', ...logOf(status)));
    }
    const address = status.bootstrap?.join(',');
    if (address !== undefined) rows.push({ kind: 'endpoint', cluster, address });
    if (this.#brokers.known(cluster) === undefined) await this.#brokers.load(cluster);
    const brokers = this.#brokers.known(cluster);
    if (brokers instanceof KafkaManagerError) {
      if (status.state === 'degraded') return rows;
      return [...rows, ...errorRows(cluster, 'brokers', brokers, 'refreshServices')];
    }
    return [...rows, ...(brokers ?? []).map((broker) => this.#broker(cluster, broker))];
  }

  #broker(cluster: string, broker: BrokerInfo): BrokerNode {
    const host = broker.host.includes(':') ? `[${broker.host}]` : broker.host;
    const node: BrokerNode = {
      ...{ kind: 'broker', cluster, broker: broker.id },
      address: `${host}:${broker.port}`,
    };
    this.#facts.set(node, broker);
    return node;
  }

  #statusChanged(status: ClusterStatus): void {
    const key = `${status.state} ${status.startedAt ?? ''}`;
    if (this.#seen.get(status.id) !== key) {
      this.#seen.set(status.id, key);
      this.#brokers.forget(status.id);
      if (hasRowsBelow(status)) this.#toUnfold.add(status.id);
      else this.#toUnfold.delete(status.id);
    }
    this.#didChange.fire(this.#nodes.get(status.id));
    this.#unfold();
  }

  /** Unfolds the active cluster where it has just come up or failed. Only in a view that is seen: it would open it else. */
  #unfold(): void {
    const active = this.#services.clusters.activeId;
    const node = active === undefined ? undefined : this.#nodes.get(active);
    if (!node || !this.#view.visible || !this.#toUnfold.delete(node.cluster)) return;
    // What has gone in the meantime can't be unfolded.
    this.#view.reveal(node, { expand: true, select: false, focus: false }).then(undefined, () => {});
  }

  /** Asks all clusters that are up, and draws those whose brokers have changed. */
  async #load(): Promise<void> {
    const { clusters } = this.#services;
    const up = clusters.profiles().filter(({ id }) => isUp(clusters.status(id)));
    await Promise.all(
      up.map(async ({ id }) => {
        const isNew = await this.#brokers.load(id);
        const node = this.#nodes.get(id);
        if (isNew && node) this.#didChange.fire(node);
      }),
    );
  }
}

function isUp({ state }: ClusterStatus): boolean {
  return state === 'running' || state === 'degraded';
}

function hasRowsBelow(status: ClusterStatus): boolean {
  return isUp(status) || status.state === 'failed';
}

function whyOf({ reason, remedy }: ClusterStatus): { message: string; remedy: string } {
  return { message: reason ?? '', remedy: remedy ?? '' };
}

/** What mends a cluster that has failed. */
function mendsOf(status: ClusterStatus): TreeAction[] {
  if (status.runtime === 'external') return ['connect', 'edit'];
  const isUnavailable = status.runtime === 'java' && status.code === 'RUNTIME_UNAVAILABLE';
  return [
    ...(status.missing === 'java' ? (['chooseJava'] as const) : []),
    ...(isUnavailable ? (['startPlayground'] as const) : []),
    'start',
    ...logOf(status),
  ];
}

function logOf({ runtime }: ClusterStatus): TreeAction[] {
  return runtime === 'external' ? [] : ['showBrokerLog'];
}
