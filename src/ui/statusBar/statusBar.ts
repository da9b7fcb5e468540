import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import { statusBarItemId } from '../contributions';
import type { UiServices } from '../services';
import { createFailureNotice } from './failureNotice';
import { statusText } from './statusText';
import { type ShownBroker, tooltip } from './tooltip';
import { Usage } from './usage';

export type StatusBarServices = Pick<
  UiServices,
  'clusters' | 'registry' | 'health' | 'api' | 'settings' | 'logger' | 'logChannel'
>;

/** Left of the items of most extensions, right of VS Code's own. */
const PRIORITY = 50;

/**
 * The item in the status bar: state and health of the active cluster. It looks after the cluster as long as it is shown
 * and the window has the focus.
 */
export function createStatusBar(services: StatusBarServices): Disposable {
  return new StatusBar(services);
}

class StatusBar implements Disposable {
  readonly #services: StatusBarServices;
  readonly #store = new DisposableStore();
  readonly #item: vscode.StatusBarItem;
  readonly #usage: Usage;
  #watching: Disposable | undefined;
  /** What is shown, so that VS Code is told of changes only. */
  #shown = '';

  constructor(services: StatusBarServices) {
    this.#services = services;
    const { clusters, health, api, settings } = services;
    this.#usage = new Usage(clusters);
    this.#item = this.#store.add(
      vscode.window.createStatusBarItem(statusBarItemId, vscode.StatusBarAlignment.Left, PRIORITY),
    );
    this.#item.name = 'Kafka';
    this.#store.add(createFailureNotice(services));
    const update = (): void => this.#update();
    this.#store.add(clusters.onDidChangeStatus(update));
    this.#store.add(clusters.onDidChangeProfiles(update));
    this.#store.add(api.onDidChange(update));
    this.#store.add(health.onDidChange(() => void this.#looked()));
    this.#store.add(vscode.window.onDidChangeWindowState(() => this.#watch()));
    this.#store.add(
      settings.onDidChange((keys) => {
        if (keys.has('statusBar.visible')) this.#show();
      }),
    );
    this.#update();
    this.#show();
  }

  dispose(): void {
    this.#watching?.dispose();
    this.#store.dispose();
  }

  #show(): void {
    if (this.#services.settings.get('statusBar.visible')) this.#item.show();
    else this.#item.hide();
    this.#watch();
  }

  /** Health is looked at only where somebody can see it. */
  #watch(): void {
    const { health, settings } = this.#services;
    const isSeen = settings.get('statusBar.visible') && vscode.window.state.focused;
    if (!isSeen) {
      this.#watching?.dispose();
      this.#watching = undefined;
      return;
    }
    // Time went by unseen.
    if (!this.#watching) this.#update();
    this.#watching ??= health.watch();
  }

  async #looked(): Promise<void> {
    const { clusters } = this.#services;
    if (clusters.activeId !== undefined) await this.#usage.ask(clusters.activeId);
    if (!this.#store.isDisposed) this.#update();
  }

  #update(): void {
    const { clusters, health } = this.#services;
    const id = clusters.activeId;
    const status = id === undefined ? undefined : clusters.status(id);
    const level = id === undefined ? 'unknown' : health.health(id).level;
    const { text, label, background } = statusText(status, level);
    const hover = status
      ? tooltip({
          ...{ status, health: level, brokers: this.#brokers(status.id) },
          api: this.#services.api.state,
          now: Date.now(),
        })
      : vscode.l10n.t('Kafka is not set up. Click to start.');
    const shown = JSON.stringify([text, label, background, typeof hover === 'string' ? hover : hover.value]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#item.text = text;
    this.#item.tooltip = hover;
    this.#item.accessibilityInformation = { label, role: 'button' };
    this.#item.backgroundColor = background && new vscode.ThemeColor(background);
    this.#item.command = status ? 'localKafka.showActions' : 'localKafka.start';
  }

  #brokers(id: string): readonly ShownBroker[] {
    const { clusters, health } = this.#services;
    const { runtime, bootstrap = [] } = clusters.status(id);
    const bytes = runtime === 'external' ? undefined : this.#usage.bytesOf(id);
    const known = health.health(id).brokers;
    if (known.length === 0) return bootstrap.map((address) => ({ id: undefined, address, bytes }));
    return known.map((broker) => ({ id: broker.id, address: `${broker.host}:${broker.port}`, bytes }));
  }
}
