import * as vscode from 'vscode';
import { answered } from '../../cancelled';
import type { DocumentServices } from '../../documents/documents';
import { jsonProblem } from '../../documents/exactJson';
import { formatExact } from '../../format';
import { type TopicTarget, topicOf } from '../topics/topicOf';
import { sendMany } from './sendMany';
import { sendOne } from './sendOne';
import { textLines } from './textLines';
import { utf8Of } from './utf8Of';

/** A text of an editor, and what it is called. */
export interface EditorText {
  readonly text: string;
  readonly isSelection: boolean;
  readonly name: string;
}

/** Sends what is selected in the active editor, or its whole text, as one message or as one for each line. */
export async function produceFromEditor(services: DocumentServices): Promise<void> {
  const found = editorText();
  if (!found) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a file with what you want to send first.'));
    return;
  }
  const title = vscode.l10n.t('Produce Editor Content');
  await sendEditorText(services, await topicOf(services, undefined, { title }), found);
}

/** What is selected in the active editor, or its whole text; undefined where there is no editor or no text. */
export function editorText(): EditorText | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { document, selections } = editor;
  const selected = selections
    .filter(({ isEmpty }) => !isEmpty)
    // As in the document, not as they were selected.
    .sort((one, other) => one.start.compareTo(other.start))
    .map((range) => document.getText(range));
  const text = selected.length > 0 ? selected.join('\n') : document.getText();
  if (text === '') return undefined;
  return { text, isSelection: selected.length > 0, name: document.uri.path.split('/').at(-1) ?? '' };
}

/** Sends a text, after asking how where there is a choice. @throws Cancelled */
export async function sendEditorText(
  services: DocumentServices,
  target: TopicTarget,
  { text, name }: EditorText,
): Promise<void> {
  const { topic, partition } = target;
  const lines = textLines(text);
  const problem = /^\s*[{[]/.test(text) ? jsonProblem(text) : undefined;
  const asOne = lines.length < 2 && !problem ? true : await askWhetherOne(text, lines.length);
  if (asOne) {
    await sendOne(services, target, { key: null, value: utf8Of(text) });
    return;
  }
  const records = lines.map(({ line, text }) => ({
    line,
    record: { topic, key: null, value: utf8Of(text), ...(partition !== undefined && { partition }) },
  }));
  await sendMany(services, target, { records, total: records.length, source: name });
}

async function askWhetherOne(text: string, lines: number): Promise<boolean> {
  const size = `${formatExact(Buffer.byteLength(text))} B`;
  const one = {
    label: vscode.l10n.t('As One Message'),
    description: sizeAndKind(text, size),
    isOne: true,
  };
  const many = {
    label: vscode.l10n.t('One Message per Line'),
    description: vscode.l10n.t('{0} messages', formatExact(lines)),
    isOne: false,
  };
  const choices = lines > 1 ? [one, many] : [one];
  const title = vscode.l10n.t('Produce Editor Content');
  const placeHolder = vscode.l10n.t('How is it to be sent?');
  return answered(await vscode.window.showQuickPick(choices, { title, placeHolder })).isOne;
}

function sizeAndKind(text: string, size: string): string {
  if (!/^\s*[{[]/.test(text)) return size;
  const problem = jsonProblem(text);
  return problem
    ? vscode.l10n.t('{0}, not JSON: line {1}, column {2}', size, problem.line, problem.column)
    : vscode.l10n.t('{0}, valid JSON', size);
}
