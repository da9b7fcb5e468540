import * as vscode from 'vscode';
import type { ClusterDraft } from './clusterDraft';
import { type FormContext, textStep } from './formContext';
import type { Step } from './steps';

/** What is asked of a broker of ours. */
export function brokerSteps(context: FormContext): readonly Step<ClusterDraft>[] {
  return [
    textStep(
      context,
      'port',
      ({ kind }) => kind !== 'external',
      () => ({
        prompt: vscode.l10n.t(
          'Preferred port on 127.0.0.1; that of the settings where empty, any free one with 0',
        ),
        placeholder: vscode.l10n.t('that of the settings'),
        problem: portProblem,
      }),
    ),
  ];
}

function portProblem(text: string): string | undefined {
  const port = text.trim();
  return port === '' || (/^\d{1,5}$/.test(port) && Number(port) <= 65_535)
    ? undefined
    : vscode.l10n.t('A port is a whole number from 0 to 65535.');
}
