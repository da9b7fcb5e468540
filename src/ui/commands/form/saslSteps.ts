import * as vscode from 'vscode';
import { askChoice } from './boxes';
import { type ClusterDraft, keepsSecret, type Mechanism, usesSasl } from './clusterDraft';
import { answer, type FormContext, textStep } from './formContext';
import type { Step } from './steps';

/** The login. Its secret goes into VS Code's secret storage only. */
export function saslSteps(context: FormContext): readonly Step<ClusterDraft>[] {
  const { title, earlier } = context;
  const hasSecret = (draft: ClusterDraft): boolean => context.hasSecret && keepsSecret(draft, earlier);
  const isOauth = (draft: ClusterDraft): boolean => usesSasl(draft) && draft.mechanism === 'OAUTHBEARER';
  const isUser = (draft: ClusterDraft): boolean => usesSasl(draft) && draft.mechanism !== 'OAUTHBEARER';
  const needed = (what: string) => (text: string) =>
    text.trim() === '' ? vscode.l10n.t('{0} is needed.', what) : undefined;
  return [
    {
      name: 'mechanism',
      applies: usesSasl,
      ask: async (draft, place) =>
        answer(
          await askChoice<Mechanism>({
            ...place,
            title,
            placeholder: vscode.l10n.t('Which SASL mechanism?'),
            active: draft.mechanism,
            items: [
              { value: 'SCRAM-SHA-512', label: 'SCRAM-SHA-512' },
              { value: 'SCRAM-SHA-256', label: 'SCRAM-SHA-256' },
              { value: 'PLAIN', label: 'PLAIN' },
              {
                value: 'OAUTHBEARER',
                label: 'OAUTHBEARER',
                detail: vscode.l10n.t('With client id and secret, against a token endpoint'),
              },
            ],
          }),
          (mechanism) => ({ ...draft, mechanism }),
        ),
    },
    textStep(context, 'username', isUser, () => ({
      prompt: vscode.l10n.t('User name'),
      problem: needed(vscode.l10n.t('A user name')),
    })),
    textStep(context, 'tokenEndpoint', isOauth, () => ({
      prompt: vscode.l10n.t('URL of the token endpoint'),
      placeholder: 'https://login.example.com/oauth2/token',
      problem: (text) =>
        /^https?:\/\/\S+$/.test(text.trim()) ? undefined : vscode.l10n.t('An http or https URL is needed.'),
    })),
    textStep(context, 'clientId', isOauth, () => ({
      prompt: vscode.l10n.t('Client id'),
      problem: needed(vscode.l10n.t('A client id')),
    })),
    textStep(context, 'scope', isOauth, () => ({ prompt: vscode.l10n.t('Scope; empty for none') })),
    textStep(context, 'secret', usesSasl, (draft) => ({
      prompt: secretPrompt(draft, hasSecret(draft)),
      isPassword: true,
      ...(!hasSecret(draft) && {
        problem: (text) => (text === '' ? vscode.l10n.t('It must not be empty.') : undefined),
      }),
    })),
  ];
}

function secretPrompt(draft: ClusterDraft, hasSecret: boolean): string {
  if (draft.mechanism === 'OAUTHBEARER') {
    return hasSecret
      ? vscode.l10n.t('Client secret; where empty, the stored one is kept')
      : vscode.l10n.t('Client secret. It is kept in the secret storage of the editor only');
  }
  return hasSecret
    ? vscode.l10n.t('Password; where empty, the stored one is kept')
    : vscode.l10n.t('Password. It is kept in the secret storage of the editor only');
}
