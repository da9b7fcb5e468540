import * as vscode from 'vscode';
import { iconSafe, linkSafe } from '../../text';
import { askLine } from './askText';

/** What is about to be lost. */
export interface TypedConfirmation {
  readonly title: string;
  /** What goes, in sentences. */
  readonly prompt: string;
  /** What has to be typed. */
  readonly expected: string;
}

/** Lets the user type a text before something is lost for good. @throws Cancelled where it is not typed */
export async function confirmTyped({ title, prompt, expected }: TypedConfirmation): Promise<void> {
  await askLine({
    title,
    prompt: `${prompt} ${vscode.l10n.t('Type "{0}" to confirm.', iconSafe(linkSafe(expected)))}`,
    placeholder: expected,
    problem: (text) =>
      text.trim() === expected
        ? undefined
        : // What goes stays to be read: this takes the place of the prompt.
          `${prompt} ${vscode.l10n.t('Type "{0}" to confirm, or press Escape.', iconSafe(linkSafe(expected)))}`,
  });
}
