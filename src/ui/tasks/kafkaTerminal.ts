import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import { escapeControl } from '../../base/logger';
import { KafkaManagerError, toManagerError } from '../../contract/errors';
import { Cancelled } from '../cancelled';
import { requireTrust } from '../commands/requireTrust';
import type { UiServices } from '../services';
import { clusterOf, type KafkaTask, parseTask } from './taskDefinition';

/** What a task ends with. */
const DONE = 0;
const FAILED = 1;

/**
 * The terminal of one run of a task. It prints what happens and ends with exit code 0 when Kafka is ready (or stopped), so
 * that a launch configuration can wait for it, or with 1 and the reason.
 */
export class KafkaTerminal implements vscode.Pseudoterminal {
  readonly #definition: vscode.TaskDefinition;
  readonly #services: Pick<UiServices, 'clusters' | 'registry' | 'logger' | 'ready'>;
  readonly #store = new DisposableStore();
  readonly #didWrite = new vscode.EventEmitter<string>();
  readonly #didClose = new vscode.EventEmitter<number>();
  readonly onDidWrite = this.#didWrite.event;
  readonly onDidClose = this.#didClose.event;
  /** The cluster that this task is just starting. */
  #starting: string | undefined;

  constructor(
    definition: vscode.TaskDefinition,
    services: Pick<UiServices, 'clusters' | 'registry' | 'logger' | 'ready'>,
  ) {
    this.#definition = definition;
    this.#services = services;
  }

  open(): void {
    void this.#run().then(
      () => this.#end(DONE),
      (error: unknown) => {
        if (error instanceof Cancelled) {
          this.#end(FAILED);
          return;
        }
        const { message, remedy } = toManagerError(error);
        this.#services.logger.warn(`a task failed: ${message}`);
        this.#line(message);
        this.#line(vscode.l10n.t(remedy));
        this.#end(FAILED);
      },
    );
  }

  /** Ctrl-C breaks a start off, as in every terminal. */
  handleInput(data: string): void {
    if (data === '\x03') this.close();
  }

  /** The user ended the task: what it was starting is stopped. */
  close(): void {
    const { clusters, logger } = this.#services;
    if (this.#starting === undefined) {
      // Whoever else started it goes on; only the waiting ends.
      this.#end(FAILED);
      return;
    }
    clusters.stop(this.#starting).catch((error: unknown) => logger.error('a task could not stop', error));
  }

  async #run(): Promise<void> {
    const task = parseTask(this.#definition);
    if (typeof task === 'string') {
      throw new KafkaManagerError(
        'VALIDATION_ERROR',
        vscode.l10n.t('The property "{0}" of the task is not valid.', task),
        {
          remedy: vscode.l10n.t('"command" is "start" or "stop"; "cluster" is the name or id of a cluster.'),
        },
      );
    }
    // A task that runs as the window opens comes before the saved clusters are read.
    await this.#services.ready;
    const id = await this.#cluster(task);
    const { clusters } = this.#services;
    const { name } = clusters.status(id);
    if (task.command === 'stop') {
      this.#line(vscode.l10n.t('Stopping {0}', name));
      await clusters.stop(id);
      this.#line(vscode.l10n.t('{0} is stopped', name));
      return;
    }
    requireTrust();
    this.#line(vscode.l10n.t('Starting {0}', name));
    await this.#start(id);
    const { version = '', bootstrap = [] } = clusters.status(id);
    this.#line(vscode.l10n.t('{0} is ready: {1} at {2}', name, version, bootstrap.join(', ')));
  }

  async #start(id: string): Promise<void> {
    const { clusters } = this.#services;
    const watch: Disposable = clusters.onDidProgress((step) => {
      if (step.id === id) this.#line(vscode.l10n.t(step.message));
    });
    this.#store.add(watch);
    const { state } = clusters.status(id);
    // One that is just stopping is started by us too, once it has stopped.
    if (state === 'stopped' || state === 'failed' || state === 'stopping') this.#starting = id;
    try {
      await clusters.start(id);
    } finally {
      this.#starting = undefined;
      watch.dispose();
    }
  }

  /** The cluster that is meant. Where nothing is set up yet, the user is asked for a runtime first. */
  async #cluster({ command, cluster }: KafkaTask): Promise<string> {
    const { clusters, registry } = this.#services;
    if (cluster === undefined) {
      if (clusters.activeId === undefined && command === 'start') {
        this.#line(vscode.l10n.t('No cluster is set up yet: choose what to start.'));
        await vscode.commands.executeCommand('localKafka.start');
      }
      return clusters.idOf(undefined);
    }
    const id = clusterOf(cluster, registry.profiles());
    if (id !== undefined) return id;
    const names = registry.profiles().map(({ name }) => name);
    throw new KafkaManagerError('CLUSTER_NOT_FOUND', vscode.l10n.t('There is no cluster "{0}".', cluster), {
      remedy: vscode.l10n.t('Those that are set up: {0}', names.join(', ') || '-'),
    });
  }

  #line(text: string): void {
    this.#didWrite.fire(`${escapeControl(text)}\r\n`);
  }

  #end(code: number): void {
    if (this.#store.isDisposed) return;
    this.#store.dispose();
    this.#didClose.fire(code);
  }
}
