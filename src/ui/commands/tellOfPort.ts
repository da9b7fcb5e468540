import * as vscode from 'vscode';
import type { ClusterStatus } from '../../core/clusterStatus';
import type { UiServices } from '../services';
import { linkSafe } from '../text';
import { otherPort } from './otherPort';

/** Says that Kafka listens on another port than the wanted one, and who has that. */
export function tellOfPort({ clusters }: Pick<UiServices, 'clusters'>, status: ClusterStatus): void {
  const profile = clusters.profiles().find(({ id }) => id === status.id);
  const ports = profile && otherPort(profile, status);
  if (!ports) return;
  const wanted = String(ports.wanted);
  const taken = String(ports.actual);
  const owner = clusters
    .profiles()
    .map(({ id }) => clusters.status(id))
    .find(({ bootstrap }) => bootstrap?.includes(`127.0.0.1:${wanted}`));
  void vscode.window.showInformationMessage(
    owner
      ? vscode.l10n.t(
          'Port {0} is that of {1}; {2} listens on {3}.',
          wanted,
          linkSafe(owner.name),
          linkSafe(status.name),
          taken,
        )
      : vscode.l10n.t('Port {0} is taken by another program; Kafka listens on {1}.', wanted, taken),
  );
}
