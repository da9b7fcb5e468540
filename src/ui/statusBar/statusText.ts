import * as vscode from 'vscode';
import type { HealthLevel } from '../../core/healthMonitor';
import type { ClusterStatus } from '../../core/clusterStatus';
import { iconSafe, plainText } from '../text';

/** What the item in the status bar shows. */
export interface StatusText {
  /** With `$(icon)`. */
  readonly text: string;
  /** What a screen reader says. */
  readonly label: string;
  readonly background?: 'statusBarItem.errorBackground' | 'statusBarItem.warningBackground';
}

/** Longest name of a cluster in the status bar. */
const MAX_NAME = 24;

/** The words for the active cluster; undefined where nothing is set up. */
export function statusText(status: ClusterStatus | undefined, health: HealthLevel): StatusText {
  if (!status) return { text: '$(layers) Kafka', label: vscode.l10n.t('Kafka is not set up. Start it.') };
  const name = plainText(status.name);
  const isExternal = status.runtime === 'external';
  switch (status.state) {
    case 'starting':
      return isExternal
        ? {
            text: `$(loading~spin) ${vscode.l10n.t('Kafka: Connecting')}`,
            label: vscode.l10n.t('Kafka: {0} is being connected to', name),
          }
        : {
            text: `$(loading~spin) ${vscode.l10n.t('Kafka: Starting')}`,
            label: vscode.l10n.t('Kafka: {0} is starting', name),
          };
    case 'stopping':
      return {
        text: `$(loading~spin) ${vscode.l10n.t('Kafka: Stopping')}`,
        label: vscode.l10n.t('Kafka: {0} is stopping', name),
      };
    case 'stopped':
      return isExternal
        ? {
            text: `$(layers) ${vscode.l10n.t('Kafka: Not connected')}`,
            label: vscode.l10n.t('Kafka: {0} is not connected', name),
          }
        : {
            text: `$(layers) ${vscode.l10n.t('Kafka: Stopped')}`,
            label: vscode.l10n.t('Kafka: {0} is stopped', name),
          };
    case 'failed':
      return {
        text: `$(error) ${vscode.l10n.t('Kafka: Failed')}`,
        label: vscode.l10n.t('Kafka: {0} has failed. {1}', name, plainText(status.reason ?? '')),
        background: 'statusBarItem.errorBackground',
      };
    case 'running':
    case 'degraded':
      return status.state === 'degraded' || health === 'degraded' || health === 'unhealthy'
        ? notAnswering(name)
        : running(status, name);
  }
}

function notAnswering(name: string): StatusText {
  return {
    text: `$(warning) ${vscode.l10n.t('Kafka: Not answering')}`,
    label: vscode.l10n.t('Kafka: {0} does not answer', name),
    background: 'statusBarItem.warningBackground',
  };
}

function running({ bootstrap = [], name }: ClusterStatus, plainName: string): StatusText {
  const [first = ''] = bootstrap;
  const port = /^(?:127\.0\.0\.1|localhost|\[::1\]):(\d+)$/.exec(first)?.[1];
  const short = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name;
  return {
    // A cluster elsewhere is told by its name: its port would say nothing.
    text: port === undefined ? `$(layers) Kafka ${iconSafe(short)}` : `$(layers) Kafka :${port}`,
    label: vscode.l10n.t('Kafka: {0} is running at {1}', plainName, plainText(first)),
  };
}
