import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import type { ClusterState, ClusterStatus } from '../../core/clusterStatus';
import type { UiServices } from '../services';
import { linkSafe } from '../text';
import type { ClusterNode } from '../tree/nodes';

/**
 * Tells of a broker that ended by itself, and of a start that failed and that no user asked for, once, with what brings it
 * back. Any other start that fails is told of by whoever asked for it. A window in the background waits until it is looked at, and says nothing where the cluster is well again.
 */
export function createFailureNotice({
  clusters,
  registry,
  logger,
}: Pick<UiServices, 'clusters' | 'registry' | 'logger'>): Disposable {
  const store = new DisposableStore();
  const states = new Map<string, ClusterState>();
  const waiting = new Set<string>();
  const tell = (status: ClusterStatus): void => {
    waiting.delete(status.id);
    show(status).then(undefined, (error: unknown) => logger.error('an action of a notice failed', error));
  };
  const tellSoon = (status: ClusterStatus): void => {
    if (vscode.window.state.focused) tell(status);
    else waiting.add(status.id);
  };
  store.add(
    clusters.onDidChangeStatus((status) => {
      const before = states.get(status.id);
      states.set(status.id, status.state);
      if (status.state !== 'failed') waiting.delete(status.id);
      else if (before === 'running' || before === 'degraded') tellSoon(status);
    }),
  );
  store.add(
    registry.onDidFailUnasked((id) => {
      const status = clusters.status(id);
      if (status.state === 'failed') tellSoon(status);
    }),
  );
  store.add(
    clusters.onDidChangeProfiles(() => {
      const ids = new Set(clusters.profiles().map(({ id }) => id));
      for (const id of states.keys()) if (!ids.has(id)) states.delete(id);
      for (const id of waiting) if (!ids.has(id)) waiting.delete(id);
    }),
  );
  store.add(
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) for (const id of waiting) tell(clusters.status(id));
    }),
  );
  return store;
}

async function show({ id, name, runtime, reason = '', remedy = '' }: ClusterStatus): Promise<void> {
  const [again, more] =
    runtime === 'external'
      ? [
          { title: vscode.l10n.t('Connect Again'), command: 'localKafka.connect' },
          { title: vscode.l10n.t('Edit Cluster…'), command: 'localKafka.editCluster' },
        ]
      : [
          { title: vscode.l10n.t('Start Again'), command: 'localKafka.start' },
          { title: vscode.l10n.t('Show Broker Log'), command: 'localKafka.showBrokerLog' },
        ];
  const node: ClusterNode = { kind: 'cluster', cluster: id };
  const chosen = await vscode.window.showErrorMessage(
    linkSafe(`${name}: ${vscode.l10n.t(reason)} ${vscode.l10n.t(remedy)}`),
    again,
    more,
  );
  if (chosen) await vscode.commands.executeCommand(chosen.command, node);
}
