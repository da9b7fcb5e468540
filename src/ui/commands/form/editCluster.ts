import * as vscode from 'vscode';
import { linkSafe, plainText } from '../../text';
import { isWanted } from '../clusterState';
import { pickCluster } from '../pickCluster';
import { restartCluster } from '../startCluster';
import { draftOf, profileOfDraft, secretsOfDraft } from './clusterDraft';
import { clusterSteps } from './clusterSteps';
import type { FormContext } from './formContext';
import { saveStep } from './saveStep';
import { runSteps } from './steps';
import { requireTrust } from '../requireTrust';
import type { UiServices } from '../../services';

/**
 * Asks the boxes of Add Cluster again, filled in. An external cluster that is connected, or is being connected to, is connected to anew; for a broker that
 * runs, what has changed counts from its next start on.
 * @param given id of the cluster; asked for where left out
 */
export async function editCluster(services: UiServices, given?: string): Promise<void> {
  requireTrust();
  const { clusters, registry, profiles } = services;
  const id = given ?? (await pickCluster(services, { title: vscode.l10n.t('Edit Cluster') }));
  const earlier = registry.profile(id);
  if (!earlier) return;
  const context: FormContext = {
    title: vscode.l10n.t('Edit {0}', plainText(earlier.name)),
    earlier,
    takenNames: new Set(registry.profiles().flatMap((one) => (one.id === id ? [] : [one.name]))),
    hasSecret: await profiles.hasSecret(id, 'sasl'),
  };
  const steps = [...clusterSteps(context), saveStep(services, context, id, { thenStart: false })];
  const draft = await runSteps(draftOf(earlier), steps);
  const profile = profileOfDraft(draft, id, earlier);
  await registry.save(profile, secretsOfDraft(draft));
  if (!isWanted(clusters.status(id))) return;
  if (profile.runtime === 'external') {
    await restartCluster(services, id);
  } else if (earlier.runtime !== 'external' && profile.port !== earlier.port) {
    const restart = vscode.l10n.t('Restart');
    const chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t('The port of {0} counts from its next start on.', linkSafe(profile.name)),
      restart,
    );
    if (chosen === restart) await restartCluster(services, id);
  }
}
