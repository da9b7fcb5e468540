import * as vscode from 'vscode';
import { newProfileId, type SavedProfile } from '../../core/savedProfile';
import type { UiServices } from '../services';
import { freeName } from './freeName';

/** Runtimes whose brokers we run. */
export type ManagedKind = 'embedded' | 'java';

/** A profile of the runtime that is saved already: the active one before any other. */
export function profileOf(
  { registry, clusters }: Pick<UiServices, 'registry' | 'clusters'>,
  kind: ManagedKind,
): SavedProfile | undefined {
  const own = registry.profiles().filter(({ runtime }) => runtime === kind);
  return own.find(({ id }) => id === clusters.activeId) ?? own[0];
}

/** {@link profileOf}, or a new one with the defaults of the settings. Answers its id. */
export async function ensureProfile(
  services: Pick<UiServices, 'registry' | 'clusters'>,
  kind: ManagedKind,
): Promise<string> {
  const existing = profileOf(services, kind);
  if (existing) return existing.id;
  const { registry } = services;
  const others = registry.profiles();
  const id = newProfileId(kind === 'embedded' ? 'playground' : 'java', new Set(others.map((one) => one.id)));
  const wanted = kind === 'embedded' ? vscode.l10n.t('Playground') : vscode.l10n.t('Apache Kafka');
  await registry.save({ id, runtime: kind, name: freeName(wanted, others) });
  return id;
}
