import * as vscode from 'vscode';
import { toManagerError } from '../../contract/errors';
import type { ClusterStatus } from '../../core/clusterStatus';
import { Cancelled } from '../cancelled';
import type { UiServices } from '../services';
import { type ErrorAction, showError } from '../showError';
import { linkSafe } from '../text';
import { requireTrust } from './requireTrust';
import { stopThenStart } from './stopThenStart';
import { tellOfPort } from './tellOfPort';

/** What follows a start: the services, and the commands that mend a failure. */
export type StartServices = Pick<UiServices, 'clusters' | 'logger' | 'logChannel'>;

/**
 * Starts a cluster, or connects to it, and shows how it goes on; closing the progress stops it. A start that is under
 * way already is waited for. Where it fails, this says so with the actions that mend it.
 * @throws Cancelled after it failed or was broken off, and in Restricted Mode
 */
export async function startCluster(services: StartServices, id: string): Promise<ClusterStatus> {
  requireTrust();
  const { clusters } = services;
  const before = clusters.status(id);
  const isExternal = before.runtime === 'external';
  const name = linkSafe(before.name);
  const title = isExternal ? vscode.l10n.t('Connecting to {0}', name) : vscode.l10n.t('Starting {0}', name);
  return withStartProgress(services, id, title, () => clusters.start(id));
}

/** {@link startCluster} for a cluster that runs: it is stopped first. @throws Cancelled */
export async function restartCluster(services: StartServices, id: string): Promise<ClusterStatus> {
  requireTrust();
  const { clusters } = services;
  const title = vscode.l10n.t('Restarting {0}', linkSafe(clusters.status(id).name));
  return withStartProgress(services, id, title, (signal) => stopThenStart(clusters, id, signal));
}

async function withStartProgress(
  services: StartServices,
  id: string,
  title: string,
  start: (broken: AbortSignal) => Promise<ClusterStatus>,
): Promise<ClusterStatus> {
  const { clusters, logger } = services;
  const broken = new AbortController();
  try {
    const status = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        let shown = 0;
        const subscription = clusters.onDidProgress((step) => {
          if (step.id !== id) return;
          const percent = (step.fraction ?? 0) * 100;
          progress.report({
            message: linkSafe(vscode.l10n.t(step.message)),
            ...(percent > shown && { increment: percent - shown }),
          });
          shown = Math.max(shown, percent);
        });
        token.onCancellationRequested(() => {
          broken.abort();
          clusters.stop(id).catch((error: unknown) => logger.error('breaking off a start failed', error));
        });
        try {
          return await start(broken.signal);
        } finally {
          subscription.dispose();
        }
      },
    );
    tellOfPort(services, status);
    return status;
  } catch (error) {
    if (!broken.signal.aborted) showStartFailure(services, id, error);
    throw new Cancelled();
  }
}

function showStartFailure(services: StartServices, id: string, error: unknown): void {
  const { runtime } = services.clusters.status(id);
  const node = { kind: 'cluster', cluster: id } as const;
  const command = (title: string, name: string, ...args: readonly unknown[]): ErrorAction => ({
    title,
    run: async () => {
      await vscode.commands.executeCommand(name, ...args);
    },
  });
  const { code } = toManagerError(error);
  if (runtime === 'external') {
    showError(
      error,
      services,
      command(vscode.l10n.t('Try Again'), 'localKafka.connect', node),
      command(vscode.l10n.t('Edit Cluster…'), 'localKafka.editCluster', node),
    );
  } else if (code === 'RUNTIME_UNAVAILABLE' && runtime === 'java') {
    showError(
      error,
      services,
      command(vscode.l10n.t('Open Java Settings'), 'workbench.action.openSettings', 'localKafka.java'),
      command(vscode.l10n.t('Start Playground'), 'localKafka.startPlayground'),
    );
  } else {
    showError(
      error,
      services,
      command(vscode.l10n.t('Start Again'), 'localKafka.start', node),
      command(vscode.l10n.t('Show Broker Log'), 'localKafka.showBrokerLog', node),
    );
  }
}
