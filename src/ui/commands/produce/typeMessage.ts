import * as vscode from 'vscode';
import type { RecordHeader } from '../../../core/kafkaTypes';
import { jsonProblem } from '../../documents/exactJson';
import { askText, back, backButton } from '../topics/askText';
import { parseHeader } from './parseHeader';
import type { NewRecord } from './sendOne';
import { utf8Of } from './utf8Of';

const tombstone = Symbol('tombstone');
const TOTAL_STEPS = 3;

/** Asks for key, value and headers of a message. @throws Cancelled */
export async function typeMessage(title: string): Promise<NewRecord> {
  let key = '';
  let value: string | undefined;
  for (;;) {
    const typedKey = await askText({
      title,
      step: 1,
      totalSteps: TOTAL_STEPS,
      prompt: vscode.l10n.t('Key. Without one the message has no key (null).'),
      value: key,
    });
    key = String(typedKey);
    const typedValue = await askValue(title, value ?? '');
    if (typedValue === back) continue;
    value = typeof typedValue === 'string' ? typedValue : undefined;
    const headers = await askHeaders(title);
    if (headers === back) continue;
    return {
      key: key === '' ? null : utf8Of(key),
      value: value === undefined ? null : utf8Of(value),
      headers,
    };
  }
}

async function askValue(title: string, value: string): Promise<string | symbol> {
  const button = {
    iconPath: new vscode.ThemeIcon('circle-slash'),
    tooltip: vscode.l10n.t('Tombstone (null)'),
  };
  return askText({
    title,
    step: 2,
    totalSteps: TOTAL_STEPS,
    prompt: vscode.l10n.t('Value. Empty is a value of 0 bytes; the button at the title sends a tombstone.'),
    value,
    hint: (text) => {
      if (!/^\s*[{[]/.test(text)) return undefined;
      const problem = jsonProblem(text);
      return problem
        ? vscode.l10n.t('Not JSON: line {0}, column {1}', problem.line, problem.column)
        : vscode.l10n.t('Valid JSON');
    },
    buttons: [backButton, { button, answer: tombstone }],
  });
}

async function askHeaders(title: string): Promise<readonly RecordHeader[] | typeof back> {
  const headers: RecordHeader[] = [];
  for (;;) {
    const line = await askText({
      title,
      step: 3,
      totalSteps: TOTAL_STEPS,
      prompt:
        headers.length === 0
          ? vscode.l10n.t('Header as name: value. Enter without one sends the message.')
          : vscode.l10n.t('{0} headers. Another one, or Enter to send the message.', headers.length),
      placeholder: vscode.l10n.t('name: value'),
      problem: (text) =>
        text.trim() === '' || parseHeader(text)
          ? undefined
          : vscode.l10n.t('There is no name before the ":".'),
      buttons: [backButton],
    });
    if (line === back) return back;
    const header = parseHeader(String(line));
    if (!header) return headers;
    headers.push(header);
  }
}
