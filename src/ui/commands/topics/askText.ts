import * as vscode from 'vscode';
import { DisposableStore } from '../../../base/lifecycle';
import { answered } from '../../cancelled';

/** A question that is answered by a line of text. */
export interface TextQuestion {
  readonly title: string;
  /** What to type, below the box. */
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** From 1 on, where it is one of several. */
  readonly step?: number | undefined;
  readonly totalSteps?: number | undefined;
  /** Why a text can't be taken, told while it is typed; undefined where it can. */
  readonly problem?: (text: string) => string | undefined;
  /** Told while typing, of a text that is taken all the same. */
  readonly hint?: (text: string) => string | undefined;
  /** Gets what is in the box where a button is pressed. */
  readonly onDidLeave?: (text: string) => void;
  /** Buttons at the title, each with the answer that it stands for. */
  readonly buttons?: readonly { readonly button: vscode.QuickInputButton; readonly answer: symbol }[];
}

/** Answer of the button that goes to the step before. */
export const back = Symbol('back');

/** The button that goes to the step before. */
export const backButton = { button: vscode.QuickInputButtons.Back, answer: back };

/**
 * Asks for a text. A text with a problem is not taken, and the box stays when the focus goes elsewhere.
 * @returns the text, or the answer of the button that was pressed
 * @throws Cancelled
 */
export async function askText(question: TextQuestion): Promise<string | symbol> {
  const store = new DisposableStore();
  const box = store.add(vscode.window.createInputBox());
  const { problem, hint, buttons = [] } = question;
  box.title = question.title;
  box.prompt = question.prompt;
  box.placeholder = question.placeholder;
  box.value = question.value ?? '';
  box.step = question.step;
  box.totalSteps = question.totalSteps;
  box.buttons = buttons.map(({ button }) => button);
  box.ignoreFocusOut = true;
  const validate = (text: string): string | undefined => {
    const found = problem?.(text);
    const said = found ?? hint?.(text);
    const severity = vscode.InputBoxValidationSeverity;
    box.validationMessage =
      said === undefined
        ? undefined
        : { message: said, severity: found === undefined ? severity.Info : severity.Error };
    return found;
  };
  store.add(
    box.onDidChangeValue((text) => {
      validate(text);
    }),
  );
  // What nobody has typed yet is not wrong; a suggestion that can't be taken is.
  if (box.value !== '') validate(box.value);
  try {
    const answer = await new Promise<string | symbol | undefined>((resolve) => {
      box.onDidTriggerButton((pressed) => {
        question.onDidLeave?.(box.value);
        resolve(buttons.find(({ button }) => button === pressed)?.answer);
      });
      box.onDidAccept(() => {
        if (validate(box.value) === undefined) resolve(box.value);
      });
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
    return answered(answer);
  } finally {
    store.dispose();
  }
}

/** {@link askText} without buttons. @throws Cancelled */
export async function askLine(question: Omit<TextQuestion, 'buttons'>): Promise<string> {
  return String(await askText(question));
}
