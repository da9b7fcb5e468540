import * as vscode from 'vscode';
import { type Disposable, DisposableStore, toDisposable } from '../../base/lifecycle';
import type { ClusterStatus } from '../../core/clusterStatus';
import type { RunningBroker } from '../../core/ports';
import type { UiServices } from '../services';
import { plainText } from '../text';

/** The log of one cluster's broker in an output channel: live while it runs, and again after it was restarted. */
class BrokerLog implements Disposable {
  readonly #store = new DisposableStore();
  readonly #services: Pick<UiServices, 'clusters' | 'logger'>;
  readonly #cluster: string;
  readonly #channel: vscode.OutputChannel;
  #followed: RunningBroker | undefined;
  #state: ClusterStatus['state'] | undefined;
  /** What was read of the log so far; what is said of a broker's end comes behind it. */
  #reading = Promise.resolve();

  constructor(services: Pick<UiServices, 'clusters' | 'logger'>, { id, name }: ClusterStatus) {
    this.#services = services;
    this.#cluster = id;
    this.#channel = this.#store.add(
      vscode.window.createOutputChannel(vscode.l10n.t('Kafka: {0}', plainText(name)), 'log'),
    );
    this.#store.add(services.clusters.onDidChangeStatus((status) => this.#update(status)));
    this.#update(services.clusters.status(id));
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(status: ClusterStatus): void {
    if (status.id !== this.#cluster) return;
    const before = this.#state;
    this.#state = status.state;
    const broker = this.#services.clusters.broker(status.id);
    const wasFollowed = this.#followed !== undefined;
    if (broker === this.#followed) {
      if (!broker && (before === undefined || (status.state === 'failed' && before !== 'failed'))) {
        this.#tell(status, status.lastLog);
      }
      return;
    }
    this.#followed = broker;
    if (broker) this.#reading = this.#follow(broker);
    else void this.#reading.then(() => this.#tell(status, wasFollowed ? [] : status.lastLog));
  }

  async #follow(broker: RunningBroker): Promise<void> {
    const ended = new AbortController();
    const subscription = this.#store.add(toDisposable(() => ended.abort()));
    this.#channel.clear();
    try {
      for await (const line of broker.logs(ended.signal)) this.#channel.appendLine(line);
    } catch (error) {
      this.#services.logger.warn(`the log of ${this.#cluster} is no longer followed: ${String(error)}`);
    } finally {
      this.#store.delete(subscription);
    }
  }

  /** What there is to say of a broker that has gone, or that never came. */
  #tell({ reason }: ClusterStatus, lastLog: readonly string[] = []): void {
    if (this.#store.isDisposed) return;
    for (const line of lastLog) this.#channel.appendLine(line);
    this.#channel.appendLine(reason ?? vscode.l10n.t('The broker is not running.'));
  }
}

/** One output channel for each cluster whose log was asked for. */
export class BrokerLogs implements Disposable {
  readonly #services: Pick<UiServices, 'clusters' | 'logger'>;
  readonly #store = new DisposableStore();
  readonly #logs = new Map<string, BrokerLog>();

  constructor(services: Pick<UiServices, 'clusters' | 'logger'>) {
    this.#services = services;
    this.#store.add(services.clusters.onDidChangeProfiles(() => this.#forgetRemoved()));
  }

  /** Shows the log of a cluster and follows it from then on. */
  show(status: ClusterStatus): void {
    let log = this.#logs.get(status.id);
    if (!log) {
      log = this.#store.add(new BrokerLog(this.#services, status));
      this.#logs.set(status.id, log);
    }
    log.show();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #forgetRemoved(): void {
    const ids = new Set(this.#services.clusters.profiles().map(({ id }) => id));
    for (const [id, log] of this.#logs) {
      if (ids.has(id)) continue;
      this.#logs.delete(id);
      this.#store.delete(log);
    }
  }
}
