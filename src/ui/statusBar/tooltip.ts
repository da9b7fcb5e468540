import * as vscode from 'vscode';
import type { ApiState } from '../../core/apiControl';
import type { ClusterStatus } from '../../core/clusterStatus';
import type { HealthLevel } from '../../core/healthMonitor';
import type { CommandId } from '../contributions';
import { formatBytes } from '../format';
import type { ClusterNode } from '../tree/nodes';
import { appendName } from './markdown';
import { stateSentence, upFor } from './words';

/** A broker in the table of the tooltip. */
export interface ShownBroker {
  /** Undefined where only the address is known. */
  readonly id: number | undefined;
  readonly address: string;
  /** Memory that it uses in bytes, where it runs here. */
  readonly bytes: number | undefined;
}

/** What the tooltip tells. */
export interface TooltipFacts {
  readonly status: ClusterStatus;
  readonly health: HealthLevel;
  readonly brokers: readonly ShownBroker[];
  readonly api: ApiState;
  /** ms since 1970. */
  readonly now: number;
}

/** The only commands that the links of the tooltip can run. */
const LINKED = [
  'localKafka.start',
  'localKafka.stop',
  'localKafka.restart',
  'localKafka.connect',
  'localKafka.disconnect',
  'localKafka.showBrokerLog',
  'localKafka.showLog',
  'localKafka.openApiDocs',
] as const satisfies readonly CommandId[];
type Linked = (typeof LINKED)[number];

/** Most brokers that are listed. */
const MAX_BROKERS = 8;

/** The tooltip of the active cluster: what it is, where its brokers and the API are, and what can be done. */
export function tooltip(facts: TooltipFacts): vscode.MarkdownString {
  const { status } = facts;
  const text = new vscode.MarkdownString('', true);
  text.isTrusted = { enabledCommands: LINKED };
  text.appendMarkdown('**');
  appendName(text, status.name);
  text.appendMarkdown('** ');
  appendName(text, stateSentence(status, facts.health));
  text.appendMarkdown('\n\n');
  if (status.reason !== undefined && status.state !== 'running') {
    paragraph(text, status.reason);
    if (status.remedy !== undefined) paragraph(text, vscode.l10n.t(status.remedy));
  }
  appendTable(text, facts);
  if (status.startedAt !== undefined && status.runtime !== 'external') {
    paragraph(text, upFor(facts.now - status.startedAt));
  }
  text.appendMarkdown(linksOf(status).join('&nbsp;&nbsp; '));
  return text;
}

function paragraph(text: vscode.MarkdownString, sentence: string): void {
  appendName(text, sentence);
  text.appendMarkdown('\n\n');
}

function appendTable(text: vscode.MarkdownString, { status, health, brokers, api }: TooltipFacts): void {
  const isUp = status.state === 'running' || status.state === 'degraded';
  const hasApi = api.state === 'serving' || api.state === 'following';
  if (!isUp && !hasApi) return;
  text.appendMarkdown('| | | |\n|:--|:--|:--|\n');
  const icon = status.state === 'degraded' || health !== 'healthy' ? '$(warning)' : '$(pass)';
  for (const { id, address, bytes } of isUp ? brokers.slice(0, MAX_BROKERS) : []) {
    const name = id === undefined ? vscode.l10n.t('Broker') : vscode.l10n.t('Broker {0}', id);
    row(text, icon, name, address, bytes === undefined ? '' : formatBytes(bytes));
  }
  if (isUp && brokers.length > MAX_BROKERS) {
    row(text, '', vscode.l10n.t('and {0} more', brokers.length - MAX_BROKERS), '', '');
  }
  if (hasApi) row(text, '$(pass)', vscode.l10n.t('REST API'), api.url.replace(/^http:\/\//, ''), '');
  text.appendMarkdown('\n');
}

function row(text: vscode.MarkdownString, icon: string, ...cells: readonly string[]): void {
  text.appendMarkdown(`| ${icon} `);
  for (const [at, cell] of cells.entries()) {
    if (at > 0) text.appendMarkdown('&nbsp;&nbsp; | ');
    appendName(text, cell);
  }
  text.appendMarkdown(' |\n');
}

function linksOf({ id, runtime, state }: ClusterStatus): readonly string[] {
  const node: ClusterNode = { kind: 'cluster', cluster: id };
  const link = (icon: string, title: string, command: Linked): string =>
    `[$(${icon}) ${title}](command:${command}?${encodeURIComponent(JSON.stringify([node]))})`;
  const log =
    runtime === 'external'
      ? link('output', vscode.l10n.t('Show Log'), 'localKafka.showLog')
      : link('output', vscode.l10n.t('Show Log'), 'localKafka.showBrokerLog');
  if (state === 'stopping') return [log];
  if (state === 'stopped' || state === 'failed') {
    const start =
      runtime === 'external'
        ? link('plug', vscode.l10n.t('Connect'), 'localKafka.connect')
        : link('debug-start', vscode.l10n.t('Start'), 'localKafka.start');
    return [start, log];
  }
  if (runtime === 'external') {
    return [link('debug-disconnect', vscode.l10n.t('Disconnect'), 'localKafka.disconnect'), log];
  }
  const stop = link('debug-stop', vscode.l10n.t('Stop'), 'localKafka.stop');
  if (state === 'starting') return [stop, log];
  return [stop, link('debug-restart', vscode.l10n.t('Restart'), 'localKafka.restart'), log];
}
