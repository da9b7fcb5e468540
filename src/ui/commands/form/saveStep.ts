import * as vscode from 'vscode';
import type { KafkaManagerError } from '../../../contract/errors';
import type { UiServices } from '../../services';
import { iconSafe, plainText } from '../../text';
import { askChoice, back } from './boxes';
import { type ClusterDraft, profileOfDraft, secretsOfDraft } from './clusterDraft';
import type { FormContext } from './formContext';
import type { Step, StepResult } from './steps';
import { testConnection, type TestResult } from './testConnection';

/** What the last box decided. */
export interface SaveDecision {
  /** Whether the cluster is started, or connected to, once it is saved. */
  thenStart: boolean;
}

type Choice = 'test' | 'save' | 'start';

/** The last box: tests the connection where one wants to, and ends in saving. */
export function saveStep(
  services: Pick<UiServices, 'profiles' | 'connector' | 'logger'>,
  { title, earlier }: FormContext,
  id: string,
  decision: SaveDecision,
): Step<ClusterDraft> {
  return {
    name: 'save',
    applies: () => true,
    ask: async (draft, place): Promise<StepResult<ClusterDraft>> => {
      const isExternal = draft.kind === 'external';
      let tested: TestResult;
      for (;;) {
        const choice = await askChoice<Choice>({
          ...place,
          title,
          placeholder: isExternal ? resultText(tested) : vscode.l10n.t('Save the cluster'),
          active: isExternal && !tested?.ok ? 'test' : earlier ? 'save' : 'start',
          items: isExternal
            ? externalItems(tested, earlier !== undefined)
            : brokerItems(earlier !== undefined),
        });
        if (choice === back) return { go: 'back' };
        if (choice !== 'test') {
          decision.thenStart = choice === 'start';
          return { go: 'next', draft };
        }
        const profile = profileOfDraft(draft, id, earlier);
        if (profile.runtime !== 'external') continue;
        tested = await testConnection(services, profile, secretsOfDraft(draft));
        if (tested?.ok !== false) continue;
        const answer = await tellFailure(tested.error);
        if (answer === 'save') {
          decision.thenStart = false;
          return { go: 'next', draft };
        }
        if (answer === 'change') return { go: 'to', step: stepToMend(tested.error, draft) };
      }
    },
  };
}

type Item = vscode.QuickPickItem & { readonly value: Choice };

function externalItems(tested: TestResult, isEdit: boolean): readonly Item[] {
  const test: Item = {
    value: 'test',
    label: tested ? vscode.l10n.t('Test Again') : vscode.l10n.t('Test Connection'),
    detail: vscode.l10n.t('Nothing is changed on the cluster.'),
  };
  const connect: Item = {
    value: 'start',
    label: vscode.l10n.t('Save and Connect'),
    ...(tested?.ok && {
      detail: iconSafe(
        vscode.l10n.t('Connected: {0}, cluster {1}', brokersText(tested.brokers), tested.clusterId),
      ),
    }),
  };
  const save: Item = {
    value: 'save',
    label: tested?.ok ? vscode.l10n.t('Save') : vscode.l10n.t('Save without a Test'),
  };
  // An edited cluster that is connected is connected to anew in any case.
  if (isEdit)
    return tested?.ok
      ? [{ ...save, ...(connect.detail !== undefined && { detail: connect.detail }) }, test]
      : [test, save];
  return tested?.ok ? [connect, save, test] : [test, connect, save];
}

function brokerItems(isEdit: boolean): readonly Item[] {
  const save: Item = { value: 'save', label: vscode.l10n.t('Save') };
  return isEdit ? [save] : [{ value: 'start', label: vscode.l10n.t('Save and Start') }, save];
}

function resultText(tested: TestResult): string {
  if (!tested) return vscode.l10n.t('Test the connection before it is saved?');
  return tested.ok ? vscode.l10n.t('The connection works') : vscode.l10n.t('The test failed');
}

function brokersText(count: number): string {
  return count === 1 ? vscode.l10n.t('1 broker') : vscode.l10n.t('{0} brokers', count);
}

/** A dialog, since reason and remedy are longer than a row. */
async function tellFailure(error: KafkaManagerError): Promise<'change' | 'save' | 'stay'> {
  const change = vscode.l10n.t('Change Settings');
  const save = vscode.l10n.t('Save Anyway');
  const chosen = await vscode.window.showErrorMessage(
    vscode.l10n.t('The connection does not work yet.'),
    { modal: true, detail: `${plainText(error.message)}\n\n${plainText(vscode.l10n.t(error.remedy))}` },
    change,
    save,
  );
  return chosen === change ? 'change' : chosen === save ? 'save' : 'stay';
}

/** The box whose answer is likeliest wrong. */
function stepToMend({ code }: KafkaManagerError, { mechanism, security }: ClusterDraft): string {
  if (code === 'KAFKA_AUTHENTICATION_ERROR' && security.startsWith('SASL')) {
    return mechanism === 'OAUTHBEARER' ? 'tokenEndpoint' : 'secret';
  }
  if (code === 'KAFKA_TLS_ERROR') return 'security';
  return code === 'KAFKA_CONNECTION_ERROR' ? 'bootstrap' : 'security';
}
