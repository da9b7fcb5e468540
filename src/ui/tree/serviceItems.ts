import * as vscode from 'vscode';
import type { ApiState } from '../../core/apiControl';
import type { ClusterStatus } from '../../core/clusterStatus';
import type { BrokerInfo } from '../../core/kafkaTypes';
import { formatDuration } from '../format';
import { type ItemLook, nodeItem, stateColors } from './nodeItem';
import type { ApiNode, BrokerNode, ClusterNode, EndpointNode } from './nodes';

/** @param activity whether it is the active one, where there are several */
export function clusterItem(
  node: ClusterNode,
  status: ClusterStatus,
  activity: 'active' | 'other' | 'only',
): vscode.TreeItem {
  const isExternal = status.runtime === 'external';
  const state = stateText(status);
  const description = activity === 'active' ? vscode.l10n.t('active, {0}', state) : state;
  return nodeItem(node, {
    label: status.name,
    description,
    ...iconOf(status),
    tooltip: tooltipOf(status, state),
    spoken: vscode.l10n.t('Cluster {0}, {1}', status.name, description),
    context: `cluster.${isExternal ? 'external' : 'managed'}.${status.state}`,
    children: childrenOf(status, activity),
  });
}

/** The row of a broker. */
export function brokerItem(node: BrokerNode, broker: BrokerInfo): vscode.TreeItem {
  const label = vscode.l10n.t('Broker {0}', broker.id);
  const facts = [node.address];
  if (broker.isController) facts.push(vscode.l10n.t('controller'));
  if (broker.rack !== null) facts.push(vscode.l10n.t('rack {0}', broker.rack));
  return nodeItem(node, {
    ...{ label, description: facts.join(', '), icon: 'server', color: stateColors.up },
    ...{ tooltip: [label, ...facts], spoken: [label, ...facts].join(', '), context: 'broker' },
  });
}

/** The row of the addresses that clients begin with. */
export function endpointItem(node: EndpointNode): vscode.TreeItem {
  const label = vscode.l10n.t('Bootstrap');
  return nodeItem(node, {
    ...{ label, description: node.address, icon: 'plug', context: 'endpoint' },
    tooltip: [
      vscode.l10n.t('Bootstrap servers, for bootstrap.servers of clients'),
      ...node.address.split(','),
    ],
    spoken: vscode.l10n.t('Bootstrap servers {0}', node.address),
  });
}

/** The row of the REST API. */
export function apiItem(node: ApiNode, api: ApiState): vscode.TreeItem {
  const label = vscode.l10n.t('REST API');
  const { description, tooltip, ...look } = apiLook(api);
  return nodeItem(node, {
    ...{ label, description, ...look },
    tooltip: [label, ...(tooltip.length > 0 ? tooltip : [description])],
    spoken: `${label}, ${description}`,
  });
}

function stateText(status: ClusterStatus): string {
  const isExternal = status.runtime === 'external';
  switch (status.state) {
    case 'running':
      return isExternal ? vscode.l10n.t('connected') : vscode.l10n.t('running, {0}', productOf(status));
    case 'degraded':
      return vscode.l10n.t('not answering');
    case 'starting':
      return status.reason === undefined
        ? isExternal
          ? vscode.l10n.t('connecting')
          : vscode.l10n.t('starting')
        : vscode.l10n.t('starting: {0}', vscode.l10n.t(status.reason));
    case 'stopping':
      return isExternal ? vscode.l10n.t('disconnecting') : vscode.l10n.t('stopping');
    case 'stopped':
      return isExternal ? vscode.l10n.t('not connected') : vscode.l10n.t('stopped, {0}', productOf(status));
    case 'failed':
      return vscode.l10n.t('failed');
  }
}

/** What kind of broker it is; its version is known while it runs. */
function productOf({ runtime, version }: ClusterStatus): string {
  if (runtime === 'embedded') return 'kfake';
  if (version === undefined) return 'Apache Kafka';
  return version.startsWith('Apache Kafka') ? version : `Apache Kafka ${version}`;
}

function iconOf({ state, runtime }: ClusterStatus): Pick<ItemLook, 'icon' | 'color'> {
  const plain = runtime === 'external' ? 'cloud' : 'server-environment';
  switch (state) {
    case 'running':
      return { icon: plain, color: stateColors.up };
    case 'degraded':
      return { icon: 'warning', color: stateColors.warning };
    case 'starting':
    case 'stopping':
      return { icon: 'loading~spin' };
    case 'stopped':
      return { icon: plain };
    case 'failed':
      return { icon: 'error', color: stateColors.error };
  }
}

function childrenOf({ state }: ClusterStatus, activity: 'active' | 'other' | 'only'): ItemLook['children'] {
  if (state !== 'running' && state !== 'degraded' && state !== 'failed') return undefined;
  return activity === 'other' ? 'collapsed' : 'expanded';
}

function tooltipOf(status: ClusterStatus, state: string): readonly string[] {
  const lines = [status.name, state];
  if (status.runtime === 'embedded') lines.push(vscode.l10n.t('kfake, not Apache Kafka'));
  if (status.bootstrap) lines.push(status.bootstrap.join(', '));
  if (status.pid !== undefined) lines.push(vscode.l10n.t('Process {0}', status.pid));
  if (status.startedAt !== undefined) {
    lines.push(vscode.l10n.t('Up for {0}', formatDuration(Date.now() - status.startedAt)));
  }
  if (status.state === 'failed' || status.state === 'degraded') {
    lines.push('', status.reason ?? '', status.remedy === undefined ? '' : vscode.l10n.t(status.remedy));
  }
  return lines;
}

type ApiLook = Required<Pick<ItemLook, 'icon' | 'context' | 'color' | 'children' | 'tooltip'>> & {
  readonly description: string;
  readonly tooltip: readonly string[];
};

function apiLook(api: ApiState): ApiLook {
  const plain = { icon: 'globe', color: undefined, children: undefined, tooltip: [] };
  switch (api.state) {
    case 'off':
      return { ...plain, description: vscode.l10n.t('off'), context: 'api.off' };
    case 'starting':
      return {
        ...plain,
        icon: 'loading~spin',
        description: vscode.l10n.t('starting'),
        context: 'api.starting',
      };
    case 'serving':
    case 'following': {
      const address = api.url.replace(/^http:\/\//, '');
      const taken =
        api.taken.length === 0 ? [] : [vscode.l10n.t('Other programs have port {0}', api.taken.join(', '))];
      return {
        ...plain,
        ...{ color: stateColors.up, context: `api.on.${api.state}`, tooltip: [api.url, ...taken] },
        description:
          api.state === 'serving' ? address : vscode.l10n.t('{0}, served by another window', address),
      };
    }
    case 'failed':
      return {
        ...{ icon: 'error', color: stateColors.error, context: 'api.failed', children: 'expanded' },
        ...{ description: vscode.l10n.t('failed'), tooltip: [api.reason, vscode.l10n.t(api.remedy)] },
      };
  }
}
