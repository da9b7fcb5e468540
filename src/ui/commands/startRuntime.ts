import * as vscode from 'vscode';
import type { RuntimeCheck } from '../../core/ports';
import { answered, Cancelled } from '../cancelled';
import type { UiServices } from '../services';
import { iconSafe, plainText } from '../text';
import { ensureProfile, type ManagedKind, profileOf } from './ensureProfile';
import { requireTrust } from './requireTrust';
import { startCluster } from './startCluster';

interface RuntimeItem extends vscode.QuickPickItem {
  readonly choice: ManagedKind | 'existing';
}

/** Whether Apache Kafka could be started here. */
async function checkJava(services: UiServices): Promise<RuntimeCheck> {
  const { clusters, settings } = services;
  const existing = profileOf(services, 'java');
  if (existing) return clusters.check(existing.id);
  const kafkaHome = settings.get('java.kafkaHome');
  const javaHome = settings.get('java.home');
  return clusters.checkRuntime({
    id: 'java',
    name: 'java',
    runtime: 'java',
    port: 0,
    ...(kafkaHome !== '' && { kafkaHome }),
    ...(javaHome !== '' && { javaHome }),
  });
}

function javaItem(check: RuntimeCheck | undefined): RuntimeItem {
  const label = vscode.l10n.t('Apache Kafka with Java');
  if (!check) return { choice: 'java', label, detail: vscode.l10n.t('Runs with Java on this machine.') };
  if (check.available) return { choice: 'java', label, detail: iconSafe(check.detail) };
  return {
    choice: 'java',
    label,
    description: vscode.l10n.t('not available here'),
    detail: iconSafe(`${check.reason} ${vscode.l10n.t(check.remedy)}`),
  };
}

/**
 * Asks which Kafka is wanted, makes its cluster, starts it and makes it the active one. Answers its id; undefined where
 * a cluster that exists is to be added.
 * @throws Cancelled
 */
export async function startFirst(services: UiServices): Promise<string | undefined> {
  requireTrust();
  const java = checkJava(services).catch(() => undefined);
  const items = java.then((check): RuntimeItem[] => [
    {
      choice: 'embedded',
      label: vscode.l10n.t('Playground'),
      detail: vscode.l10n.t('A small broker that needs nothing installed. It is kfake, not Apache Kafka.'),
    },
    javaItem(check),
    {
      choice: 'existing',
      label: vscode.l10n.t('Connect to a Cluster…'),
      detail: vscode.l10n.t('Any Kafka that is already running.'),
    },
  ]);
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Start Kafka'),
    placeHolder: vscode.l10n.t('Which Kafka?'),
  });
  const { choice } = answered(chosen);
  if (choice === 'existing') {
    await vscode.commands.executeCommand('localKafka.addCluster');
    return undefined;
  }
  return startManaged(services, choice);
}

/** Starts the playground or Apache Kafka, makes its cluster where there is none, and makes it the active one. */
export async function startManaged(services: UiServices, kind: ManagedKind): Promise<string> {
  requireTrust();
  if (kind === 'java') {
    const check = await checkJava(services);
    if (!check.available) return mendJava(services, check);
  }
  const id = await ensureProfile(services, kind);
  await services.registry.activate(id);
  await startCluster(services, id);
  return id;
}

/** Offers what makes Apache Kafka possible, or the playground in its place. */
async function mendJava(
  services: UiServices,
  { reason, remedy }: Extract<RuntimeCheck, { available: false }>,
): Promise<string> {
  const settings = vscode.l10n.t('Open Java Settings');
  const playground = vscode.l10n.t('Start Playground');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Apache Kafka can not be started here.'),
    { modal: true, detail: `${plainText(reason)}\n\n${plainText(vscode.l10n.t(remedy))}` },
    settings,
    playground,
  );
  if (chosen === playground) return startManaged(services, 'embedded');
  if (chosen === settings)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'localKafka.java');
  throw new Cancelled();
}
