import * as vscode from 'vscode';
import { Cancelled } from '../cancelled';
import type { CommandHandlers } from '../contributions';
import { iconSafe, plainText } from '../text';
import type { ApiNode, BrokerNode, EndpointNode } from '../tree/nodes';
import { servedApi } from './api/servedApi';
import { type ConnectionFormat, connectionFormats, connectionText } from './connection/connectionText';
import { type ConnectionTarget, securityProtocol } from './connection/connectionTarget';
import { targetOf } from './connection/targetOf';
import { pickCluster } from './pickCluster';
import { runningCluster } from './runningCluster';
import type { UiServices } from '../services';

interface FormatItem extends vscode.QuickPickItem {
  readonly format: ConnectionFormat;
}

/** Copying how a cluster is reached. */
export function connectionCommands(services: UiServices) {
  const { clusters, registry } = services;
  const targetFor = async (given: string | undefined): Promise<ConnectionTarget> => {
    const id =
      given ??
      (clusters.profiles().length === 0
        ? await runningCluster(services)
        : await pickCluster(services, {
            title: vscode.l10n.t('Copy Connection String'),
            filter: (status) => status.runtime === 'external' || status.bootstrap !== undefined,
            none: vscode.l10n.t('No Kafka is running.'),
            prefersActive: true,
          }));
    const target = (): ConnectionTarget | undefined => {
      const profile = registry.profile(id);
      return profile && targetOf(profile, clusters.status(id));
    };
    const known = target();
    if (known) return known;
    await runningCluster(services, { cluster: id });
    const started = target();
    if (!started) throw new Cancelled();
    return started;
  };

  return {
    'localKafka.copyConnectionString': async (node) => {
      const target = await targetFor(node?.cluster);
      const format = await pickFormat(target);
      await copy(connectionText(format, target));
    },
    'localKafka.copyAddress': async (node?: BrokerNode | EndpointNode | ApiNode) => {
      if (node?.kind === 'api') await copy((await servedApi(services)).url);
      else if (node) await copy(node.address);
      else await copy(connectionText('bootstrap', await targetFor(clusters.activeId)));
    },
  } satisfies Partial<CommandHandlers>;
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied to the clipboard'), 3000);
}

async function pickFormat(target: ConnectionTarget): Promise<ConnectionFormat> {
  const labels: Readonly<Record<ConnectionFormat, string>> = {
    bootstrap: vscode.l10n.t('Bootstrap servers'),
    properties: vscode.l10n.t('Properties file'),
    kafkajs: 'KafkaJS',
    python: 'Python (confluent-kafka)',
    java: 'Java',
    spring: 'Spring Boot (application.yaml)',
    env: '.env',
  };
  const items = connectionFormats.map((format): FormatItem => {
    const preview = connectionText(format, target).replace(/\s+/g, ' ').trim();
    return { format, label: labels[format], detail: iconSafe(plainText(preview).slice(0, 160)) };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Copy Connection String'),
    placeHolder:
      target.sasl === undefined
        ? vscode.l10n.t('For which client?')
        : vscode.l10n.t('For which client? {0}, with a placeholder for the secret', securityProtocol(target)),
  });
  if (!chosen) throw new Cancelled();
  return chosen.format;
}
