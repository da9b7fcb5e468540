import * as vscode from 'vscode';
import type { ClusterStatus } from '../../core/clusterStatus';
import type { HealthLevel } from '../../core/healthMonitor';
import { formatDuration } from '../format';

const MINUTE = 60_000;

/** What a cluster does, to follow its name: "is running, Apache Kafka 4.3.1". */
export function stateSentence({ state, runtime, version }: ClusterStatus, health: HealthLevel): string {
  const isExternal = runtime === 'external';
  switch (state) {
    case 'starting':
      return isExternal ? vscode.l10n.t('is being connected to') : vscode.l10n.t('is starting');
    case 'stopping':
      return vscode.l10n.t('is stopping');
    case 'stopped':
      return isExternal ? vscode.l10n.t('is not connected') : vscode.l10n.t('is stopped');
    case 'failed':
      return isExternal ? vscode.l10n.t('could not be reached') : vscode.l10n.t('has failed');
    case 'running':
    case 'degraded':
      if (state === 'degraded' || health === 'degraded' || health === 'unhealthy') {
        return vscode.l10n.t('does not answer');
      }
      return version === undefined ? vscode.l10n.t('is running') : vscode.l10n.t('is running, {0}', version);
  }
}

/** How long it has been up, by minutes: a tooltip is made anew only when that or the state changes. */
export function upFor(ms: number): string {
  if (ms < MINUTE) return vscode.l10n.t('up for less than a minute');
  return vscode.l10n.t('up for {0}', formatDuration(Math.floor(ms / MINUTE) * MINUTE));
}
