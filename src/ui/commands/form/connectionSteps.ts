import * as vscode from 'vscode';
import { plainText } from '../../text';
import { bootstrapProblem } from './bootstrapProblem';
import { askChoice } from './boxes';
import type { ClusterDraft, Security } from './clusterDraft';
import { answer, type FormContext, textStep } from './formContext';
import type { Step } from './steps';

const isExternal = ({ kind }: ClusterDraft): boolean => kind === 'external';

/** Name, addresses and security protocol. */
export function connectionSteps(context: FormContext): readonly Step<ClusterDraft>[] {
  const { title, takenNames } = context;
  return [
    textStep(
      context,
      'name',
      () => true,
      ({ kind }) => ({
        prompt: vscode.l10n.t('Name of the cluster, as the views show it'),
        placeholder:
          kind === 'external' ? vscode.l10n.t('for example Staging') : vscode.l10n.t('for example Tests'),
        problem: (text) => nameProblem(text, takenNames),
      }),
    ),
    textStep(context, 'bootstrap', isExternal, () => ({
      prompt: vscode.l10n.t('Bootstrap servers, several separated by commas'),
      placeholder: 'localhost:9092',
      problem: bootstrapText,
    })),
    {
      name: 'security',
      applies: isExternal,
      ask: async (draft, place) =>
        answer(
          await askChoice<Security>({
            ...place,
            title,
            placeholder: vscode.l10n.t('How do its clients connect? (security.protocol)'),
            active: draft.security,
            items: [
              {
                value: 'PLAINTEXT',
                label: vscode.l10n.t('Plaintext'),
                detail: vscode.l10n.t("No encryption and no login. Usual on a machine of one's own."),
              },
              {
                value: 'SSL',
                label: 'TLS',
                detail: vscode.l10n.t('Encrypted; a client certificate is possible.'),
              },
              {
                value: 'SASL_PLAINTEXT',
                label: 'SASL_PLAINTEXT',
                detail: vscode.l10n.t('A login without encryption.'),
              },
              { value: 'SASL_SSL', label: 'SASL_SSL', detail: vscode.l10n.t('Encrypted, with a login.') },
            ],
          }),
          (security) => ({ ...draft, security }),
        ),
    },
  ];
}

function nameProblem(text: string, taken: ReadonlySet<string>): string | undefined {
  const name = text.trim();
  if (name === '') return vscode.l10n.t('A cluster needs a name.');
  if (name.length > 100) return vscode.l10n.t('A name has at most {0} characters.', 100);
  if (taken.has(name)) return vscode.l10n.t('There is a cluster "{0}" already.', plainText(name));
  return undefined;
}

function bootstrapText(text: string): string | undefined {
  const problem = bootstrapProblem(text);
  if (!problem) return undefined;
  const entry = plainText(problem.entry);
  switch (problem.what) {
    case 'empty':
      return vscode.l10n.t('At least one server is needed, such as localhost:9092.');
    case 'scheme':
      return vscode.l10n.t(
        'Leave the part before and with // out of "{0}": only host:port is wanted.',
        entry,
      );
    case 'noPort':
      return vscode.l10n.t('"{0}" has no port; 9092 is usual, as in {0}:9092.', entry.replace(/:$/, ''));
    case 'badPort':
      return vscode.l10n.t('The port of "{0}" is not between 1 and 65535.', entry);
    case 'malformed':
      return vscode.l10n.t('"{0}" is not host:port. An IPv6 address stands in brackets.', entry);
  }
}
