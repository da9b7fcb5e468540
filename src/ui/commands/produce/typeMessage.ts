import * as vscode from 'vscode';
import { jsonProblem } from '../../documents/exactJson';
import { runSteps, type Step, type StepPlace } from '../form/steps';
import { askText, back, backButton, type TextQuestion } from '../topics/askText';
import { emptyMessage, type MessageDraft, recordOfDraft, withValue } from './messageDraft';
import { parseHeader } from './parseHeader';
import type { NewRecord } from './sendOne';

const tombstone = Symbol('tombstone');
const emptyValue = Symbol('empty value');
const withoutHeaders = Symbol('without headers');

/** Asks for key, value and headers of a message. @throws Cancelled */
export async function typeMessage(title: string): Promise<NewRecord> {
  const applies = (): boolean => true;
  const steps: readonly Step<MessageDraft>[] = [
    { name: 'key', applies, ask: (draft, place) => askKey(at(title, place), draft) },
    { name: 'value', applies, ask: (draft, place) => askValue(at(title, place), draft) },
    { name: 'headers', applies, ask: (draft, place) => askHeaders(at(title, place), draft) },
  ];
  return recordOfDraft(await runSteps(emptyMessage, steps));
}

type Place = Pick<TextQuestion, 'title' | 'step' | 'totalSteps'>;
type Answer = ReturnType<Step<MessageDraft>['ask']>;

function at(title: string, { step, totalSteps }: StepPlace): Place {
  return { title, step, totalSteps };
}

async function askKey(place: Place, draft: MessageDraft): Answer {
  const key = await askText({
    ...place,
    prompt: vscode.l10n.t('Key. Without one the message has no key (null).'),
    value: draft.key,
  });
  return { go: 'next', draft: { ...draft, key: String(key) } };
}

async function askValue(place: Place, draft: MessageDraft): Answer {
  const isTombstone = draft.value === null;
  const other = isTombstone
    ? { icon: 'symbol-string', tooltip: vscode.l10n.t('Empty Value (0 bytes)'), answer: emptyValue }
    : { icon: 'circle-slash', tooltip: vscode.l10n.t('Tombstone (null)'), answer: tombstone };
  let left = draft;
  const answer = await askText({
    ...place,
    prompt: isTombstone
      ? vscode.l10n.t(
          'A tombstone (null) is chosen: Enter keeps it. Type a value in its place; the button at the title takes an empty one.',
        )
      : vscode.l10n.t('Value. Empty is a value of 0 bytes; the button at the title sends a tombstone.'),
    value: draft.value ?? '',
    hint: jsonHint,
    buttons: [
      backButton,
      {
        button: { iconPath: new vscode.ThemeIcon(other.icon), tooltip: other.tooltip },
        answer: other.answer,
      },
    ],
    onDidLeave: (text) => (left = withValue(draft, text)),
  });
  if (answer === back) return { go: 'back', draft: left };
  if (answer === tombstone) return { go: 'next', draft: { ...draft, value: null } };
  if (answer === emptyValue) return { go: 'next', draft: { ...draft, value: '' } };
  return { go: 'next', draft: withValue(draft, String(answer)) };
}

function jsonHint(text: string): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  const problem = jsonProblem(text);
  return problem
    ? vscode.l10n.t('Not JSON: line {0}, column {1}', problem.line, problem.column)
    : vscode.l10n.t('Valid JSON');
}

async function askHeaders(place: Place, before: MessageDraft): Answer {
  let draft = before;
  for (;;) {
    const { headers } = draft;
    const remove = { iconPath: new vscode.ThemeIcon('discard'), tooltip: vscode.l10n.t('Without Headers') };
    const line = await askText({
      ...place,
      prompt: headersPrompt(headers.length),
      placeholder: vscode.l10n.t('name: value'),
      problem: (text) =>
        text.trim() === '' || parseHeader(text)
          ? undefined
          : vscode.l10n.t('There is no name before the ":".'),
      buttons: [backButton, ...(headers.length > 0 ? [{ button: remove, answer: withoutHeaders }] : [])],
    });
    if (line === back) return { go: 'back', draft };
    if (line === withoutHeaders) {
      draft = { ...draft, headers: [] };
      continue;
    }
    const header = parseHeader(String(line));
    if (!header) return { go: 'next', draft };
    draft = { ...draft, headers: [...headers, header] };
  }
}

function headersPrompt(count: number): string {
  if (count === 0) return vscode.l10n.t('Header as name: value. Enter without one sends the message.');
  return count === 1
    ? vscode.l10n.t('1 header. Another one, or Enter to send the message.')
    : vscode.l10n.t('{0} headers. Another one, or Enter to send the message.', count);
}
