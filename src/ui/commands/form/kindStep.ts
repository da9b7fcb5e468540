import * as vscode from 'vscode';
import { askChoice } from './boxes';
import type { ClusterDraft } from './clusterDraft';
import { answer, type FormContext } from './formContext';
import type { Step } from './steps';

/** Which kind of cluster is added. */
export function kindStep({ title }: FormContext): Step<ClusterDraft> {
  return {
    name: 'kind',
    applies: () => true,
    ask: async (draft, place) =>
      answer(
        await askChoice<ClusterDraft['kind']>({
          ...place,
          title,
          placeholder: vscode.l10n.t('What kind of cluster?'),
          active: draft.kind,
          items: [
            {
              value: 'external',
              label: vscode.l10n.t('Existing Cluster'),
              detail: vscode.l10n.t('Any Kafka that is already running.'),
            },
            {
              value: 'embedded',
              label: vscode.l10n.t('Playground'),
              detail: vscode.l10n.t(
                'A small broker that needs nothing installed. It is kfake, not Apache Kafka.',
              ),
            },
            {
              value: 'java',
              label: vscode.l10n.t('Apache Kafka with Java'),
              detail: vscode.l10n.t('Runs with Java on this machine.'),
            },
          ],
        }),
        (kind) => ({ ...draft, kind }),
      ),
  };
}
