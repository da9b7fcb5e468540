import * as vscode from 'vscode';
import { DisposableStore } from '../../base/lifecycle';
import type { CommandHandlers } from '../contributions';
import { upCluster } from '../tree/upCluster';
import { linkSafe } from '../text';
import { BrokerLogs } from './brokerLog';
import { clustersOf } from './clustersOf';
import { connectionCommands } from './connectionCommands';
import { exportClusters, importClusters } from './exchangeClusters';
import { addCluster } from './form/addCluster';
import { editCluster } from './form/editCluster';
import { lifecycleCommands } from './lifecycleCommands';
import { openWalkthrough } from './openWalkthrough';
import { pickCluster } from './pickCluster';
import { removeCluster } from './removeCluster';
import { resetData } from './resetData';
import { showActions } from './showActions';
import type { UiServices } from '../services';
import { switchCluster } from './switchCluster';

/**
 * The commands on clusters.
 * @param store owns what outlives a call: the output channels of the brokers' logs
 */
export function clusterCommands(
  services: UiServices,
  store = new DisposableStore(),
): Partial<CommandHandlers> {
  const { clusters, logChannel } = services;
  const logs = store.add(new BrokerLogs(services));
  return {
    ...lifecycleCommands(services),
    ...connectionCommands(services),
    'localKafka.switchCluster': (node) => switchCluster(services, node?.cluster),
    'localKafka.resetData': (node) => resetData(services, node?.cluster),
    'localKafka.addCluster': () => addCluster(services),
    'localKafka.editCluster': (node) => editCluster(services, node?.cluster),
    'localKafka.removeCluster': (node, selected) =>
      removeCluster(services, node ? clustersOf(node, selected) : []),
    'localKafka.exportClusters': () => exportClusters(services),
    'localKafka.importClusters': () => importClusters(services),
    'localKafka.showBrokerLog': async (node) => {
      const title = vscode.l10n.t('Show Broker Log');
      const id = node?.cluster ?? (await pickCluster(services, { title, prefersActive: true }));
      const status = clusters.status(id);
      if (status.runtime === 'external') {
        void vscode.window.showInformationMessage(
          vscode.l10n.t(
            '{0} is an external cluster: the log of its brokers can not be read from here.',
            linkSafe(status.name),
          ),
        );
      } else {
        logs.show(status);
      }
    },
    'localKafka.showActions': () => showActions(services),
    'localKafka.showLog': () => logChannel.show(),
    'localKafka.openWalkthrough': () => openWalkthrough(upCluster(clusters) !== undefined),
  };
}
