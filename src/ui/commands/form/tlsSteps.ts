import * as vscode from 'vscode';
import { askChoice } from './boxes';
import { type ClusterDraft, usesTls } from './clusterDraft';
import { answer, type FormContext, textStep } from './formContext';
import type { Step } from './steps';

/** Whom to trust, and the client certificate. Files are named, and read at each connect. */
export function tlsSteps(context: FormContext): readonly Step<ClusterDraft>[] {
  const { title, earlier } = context;
  const hasCertificate = (draft: ClusterDraft): boolean => usesTls(draft) && draft.hasClientCertificate;
  return [
    {
      name: 'trust',
      applies: usesTls,
      ask: async (draft, place) =>
        answer(
          await askChoice<ClusterDraft['trust']>({
            ...place,
            title,
            placeholder: vscode.l10n.t("How is the broker's certificate checked?"),
            active: draft.trust,
            items: [
              {
                value: 'system',
                label: vscode.l10n.t('By the CAs of This Machine'),
                detail: vscode.l10n.t('For certificates of a public authority.'),
              },
              {
                value: 'file',
                label: vscode.l10n.t('By a CA File…'),
                detail: vscode.l10n.t("For certificates of a company or of one's own (PEM)."),
              },
              {
                value: 'anything',
                label: vscode.l10n.t('Not at All'),
                detail: vscode.l10n.t('Anybody can pretend to be the broker: for throw-away clusters only.'),
              },
            ],
          }),
          (trust) => ({ ...draft, trust }),
        ),
    },
    textStep(
      context,
      'caFile',
      (draft) => usesTls(draft) && draft.trust === 'file',
      () => file(vscode.l10n.t('Path of the file with the CA certificates (PEM)')),
    ),
    textStep(
      context,
      'servername',
      (draft) => usesTls(draft) && draft.trust !== 'anything',
      () => ({
        prompt: vscode.l10n.t("Name in the broker's certificate; that of the host where empty"),
        placeholder: vscode.l10n.t('that of the host'),
        problem: (text) => (/\s/.test(text.trim()) ? vscode.l10n.t('A host name has no blanks.') : undefined),
      }),
    ),
    {
      name: 'hasClientCertificate',
      applies: usesTls,
      ask: async (draft, place) =>
        answer(
          await askChoice<boolean>({
            ...place,
            title,
            placeholder: vscode.l10n.t('Does the broker want a client certificate?'),
            active: draft.hasClientCertificate,
            items: [
              { value: false, label: vscode.l10n.t('No Client Certificate') },
              { value: true, label: vscode.l10n.t('Client Certificate…'), detail: vscode.l10n.t('mTLS') },
            ],
          }),
          (hasClientCertificate) => ({ ...draft, hasClientCertificate }),
        ),
    },
    textStep(context, 'certFile', hasCertificate, () =>
      file(vscode.l10n.t('Path of the client certificate (PEM)')),
    ),
    textStep(context, 'keyFile', hasCertificate, () => file(vscode.l10n.t('Path of its private key (PEM)'))),
    textStep(context, 'passphrase', hasCertificate, () => ({
      prompt: earlier
        ? vscode.l10n.t('Passphrase of the key; where empty, the stored one is kept')
        : vscode.l10n.t('Passphrase of the key; empty where it has none'),
      isPassword: true,
    })),
  ];
}

function file(prompt: string) {
  return {
    prompt,
    problem: (text: string) => (text.trim() === '' ? vscode.l10n.t('A file is needed.') : undefined),
    button: {
      iconPath: new vscode.ThemeIcon('folder-opened'),
      tooltip: vscode.l10n.t('Choose File…'),
      get: async () => {
        const chosen = await vscode.window.showOpenDialog({
          title: prompt,
          filters: { PEM: ['pem', 'crt', 'cer', 'key'], [vscode.l10n.t('All Files')]: ['*'] },
        });
        return chosen?.[0]?.fsPath;
      },
    },
  };
}
