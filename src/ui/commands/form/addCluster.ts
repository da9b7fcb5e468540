import * as vscode from 'vscode';
import { newProfileId } from '../../../core/savedProfile';
import { requireTrust } from '../requireTrust';
import { startCluster } from '../startCluster';
import { emptyDraft, profileOfDraft, secretsOfDraft } from './clusterDraft';
import { clusterSteps } from './clusterSteps';
import type { FormContext } from './formContext';
import { type SaveDecision, saveStep } from './saveStep';
import { runSteps } from './steps';
import type { UiServices } from '../../services';

/** Asks for all that a new cluster needs, saves it, makes it the active one and starts it where that is wanted. */
export async function addCluster(services: UiServices): Promise<void> {
  requireTrust();
  const { registry } = services;
  const others = registry.profiles();
  const context: FormContext = {
    title: vscode.l10n.t('Add Cluster'),
    takenNames: new Set(others.map(({ name }) => name)),
    hasSecret: false,
  };
  const newId = (name: string): string =>
    newProfileId(name, new Set(registry.profiles().map(({ id }) => id)));
  const decision: SaveDecision = { thenStart: false };
  // A secret that is tested is looked up nowhere, so the id of the test does not matter.
  const steps = [...clusterSteps(context), saveStep(services, context, newId('test'), decision)];
  const draft = await runSteps(emptyDraft, steps);
  // By the clusters there are now: another window may have added one meanwhile.
  const profile = profileOfDraft(draft, newId(draft.name));
  await registry.save(profile, secretsOfDraft(draft));
  await registry.activate(profile.id);
  if (decision.thenStart) await startCluster(services, profile.id);
}
