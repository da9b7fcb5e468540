import * as vscode from 'vscode';
import type { ClusterStatus } from '../../core/clusterStatus';
import type { CommandHandlers } from '../contributions';
import { iconSafe, linkSafe } from '../text';
import type { ClusterNode } from '../tree/nodes';
import { isDown, isUp } from './clusterState';
import { clustersOf } from './clustersOf';
import { offer } from './offer';
import { pickCluster } from './pickCluster';
import { requireTrust } from './requireTrust';
import { restartCluster, startCluster } from './startCluster';
import { startFirst, startManaged } from './startRuntime';
import type { UiServices } from '../services';

/** Starting, stopping, connecting. A node comes from the tree; without one the active cluster is meant. */
export function lifecycleCommands(services: UiServices) {
  const { clusters } = services;
  /** The clusters that are meant: those of the tree, else the active one, else the user is asked. */
  const meant = async (
    node: ClusterNode | undefined,
    selected: readonly ClusterNode[] | undefined,
    title: string,
    none: string,
    filter: (status: ClusterStatus) => boolean,
    asksForOther = false,
  ): Promise<readonly string[]> => {
    if (!node) {
      const options = { title, none, filter, prefersActive: true, asksForOther };
      return [await pickCluster(services, options)];
    }
    return clustersOf(node, selected).filter((id) => filter(clusters.status(id)));
  };
  const endEach = async (ids: readonly string[], title: (name: string) => string): Promise<void> => {
    await Promise.all(
      ids.map((id) =>
        vscode.window.withProgress(
          { location: vscode.ProgressLocation.Window, title: title(iconSafe(clusters.status(id).name)) },
          () => clusters.stop(id),
        ),
      ),
    );
  };
  const noneRuns = (): string => vscode.l10n.t('No Kafka is running.');
  const stopping = (name: string): string => vscode.l10n.t('Stopping {0}', name);

  return {
    'localKafka.start': async (node, selected) => {
      requireTrust();
      if (node) {
        const down = clustersOf(node, selected);
        await Promise.all(down.map((id) => startCluster(services, id)));
      } else if (clusters.activeId === undefined) {
        await startFirst(services);
      } else if (isUp(clusters.status())) {
        tellItRuns(services, clusters.status());
      } else {
        await startCluster(services, clusters.activeId);
      }
    },
    'localKafka.startPlayground': async () => {
      await startManaged(services, 'embedded');
    },
    'localKafka.startJava': async () => {
      await startManaged(services, 'java');
    },
    'localKafka.stop': async (node, selected) => {
      const filter = (status: ClusterStatus): boolean => !isDown(status) && status.state !== 'stopping';
      await endEach(
        await meant(node, selected, vscode.l10n.t('Stop Kafka'), noneRuns(), filter, true),
        stopping,
      );
    },
    'localKafka.restart': async (node, selected) => {
      requireTrust();
      const title = vscode.l10n.t('Restart Kafka');
      const ids = await meant(node, selected, title, noneRuns(), ({ state }) => state !== 'stopping', true);
      await Promise.all(
        ids.map((id) =>
          isDown(clusters.status(id)) ? startCluster(services, id) : restartCluster(services, id),
        ),
      );
    },
    'localKafka.connect': async (node, selected) => {
      requireTrust();
      const none = vscode.l10n.t('There is no cluster to connect to. "Kafka: Add Cluster…" adds one.');
      const ids = await meant(
        node,
        selected,
        vscode.l10n.t('Connect'),
        none,
        (status) => status.runtime === 'external' && isDown(status),
      );
      if (!node) for (const id of ids) await services.registry.activate(id);
      await Promise.all(ids.map((id) => startCluster(services, id)));
    },
    'localKafka.disconnect': async (node, selected) => {
      const none = vscode.l10n.t('No external cluster is connected.');
      const ids = await meant(
        node,
        selected,
        vscode.l10n.t('Disconnect'),
        none,
        (status) => status.runtime === 'external' && !isDown(status),
      );
      await endEach(ids, (name) => vscode.l10n.t('Disconnecting {0}', name));
    },
  } satisfies Partial<CommandHandlers>;
}

function tellItRuns(services: UiServices, { name, bootstrap }: ClusterStatus): void {
  const switchTo = vscode.l10n.t('Switch Cluster…');
  const address = bootstrap?.join(', ') ?? '';
  const text = vscode.l10n.t('{0} is running on {1}.', linkSafe(name), linkSafe(address));
  offer(services, vscode.window.showInformationMessage(text, switchTo), switchTo, () =>
    vscode.commands.executeCommand('localKafka.switchCluster'),
  );
}
