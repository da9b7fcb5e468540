import * as vscode from 'vscode';
import { DisposableStore } from '../../../base/lifecycle';
import { toManagerError } from '../../../contract/errors';
import { Cancelled } from '../../cancelled';
import { iconSafe, linkSafe } from '../../text';
import type { StepPlace } from './steps';

/** Went back instead of answering. */
export const back = Symbol('back');

interface BoxOptions extends StepPlace {
  readonly title: string;
}

export interface ChoiceOptions<T> extends BoxOptions {
  readonly placeholder: string;
  readonly items: readonly (vscode.QuickPickItem & { readonly value: T })[];
  /** The one that Enter takes. */
  readonly active: T;
}

/** Asks for one of a few. @throws Cancelled */
export function askChoice<T>(options: ChoiceOptions<T>): Promise<T | typeof back> {
  const box = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly value: T }>();
  box.placeholder = options.placeholder;
  box.items = options.items;
  box.activeItems = options.items.filter(({ value }) => value === options.active);
  return ask(box, options, (store, answer) => {
    store.add(
      box.onDidAccept(() => {
        const [chosen] = box.selectedItems;
        if (chosen) answer(chosen.value);
      }),
    );
  });
}

export interface TextOptions extends BoxOptions {
  readonly value: string;
  /** What to type, below the box. */
  readonly prompt: string;
  readonly placeholder?: string;
  readonly isPassword?: boolean;
  /** What is wrong with a text; undefined where it will do. */
  readonly problem?: (text: string) => string | undefined;
  /** Gets a text another way, such as by a file dialog. */
  readonly button?: vscode.QuickInputButton & { readonly get: () => Promise<string | undefined> };
}

/** Asks for a text. It is checked while one types; an empty box is not called wrong before Enter. @throws Cancelled */
export function askText(options: TextOptions): Promise<string | typeof back> {
  const { value, prompt, placeholder, isPassword = false, problem = () => undefined, button } = options;
  const box = vscode.window.createInputBox();
  box.value = value;
  box.prompt = prompt;
  box.password = isPassword;
  if (placeholder !== undefined) box.placeholder = placeholder;
  return ask(
    box,
    options,
    (store, answer, elsewhere) => {
      store.add(
        box.onDidChangeValue((text) => {
          box.validationMessage = text === '' ? undefined : problem(text);
        }),
      );
      store.add(
        box.onDidAccept(() => {
          box.validationMessage = problem(box.value);
          if (box.validationMessage === undefined) answer(box.value);
        }),
      );
      if (!button) return;
      store.add(
        box.onDidTriggerButton((pressed) => {
          if (pressed !== button) return;
          elsewhere(button.get)
            .then((text) => {
              if (text !== undefined) box.value = text;
              box.validationMessage = box.value === '' ? undefined : problem(box.value);
            })
            .catch((error: unknown) => {
              box.validationMessage = iconSafe(linkSafe(toManagerError(error).message));
            });
        }),
      );
    },
    button && [button],
  );
}

/** Runs something that may take the box's place, such as a file dialog, and shows the box again. */
type Elsewhere = <R>(work: () => Promise<R>) => Promise<R>;

/** Shows a box until it is answered, closed or gone back from. */
function ask<T>(
  box: vscode.QuickPick<vscode.QuickPickItem & { readonly value: T }> | vscode.InputBox,
  { title, step, totalSteps, canGoBack }: BoxOptions,
  listen: (store: DisposableStore, answer: (value: T) => void, elsewhere: Elsewhere) => void,
  buttons: readonly vscode.QuickInputButton[] = [],
): Promise<T | typeof back> {
  const store = new DisposableStore();
  store.add(box);
  box.title = title;
  box.step = step;
  box.totalSteps = totalSteps;
  box.ignoreFocusOut = true;
  box.buttons = [...(canGoBack ? [vscode.QuickInputButtons.Back] : []), ...buttons];
  return new Promise<T | typeof back>((resolve, reject) => {
    let isElsewhere = false;
    listen(store, resolve, async (work) => {
      isElsewhere = true;
      try {
        return await work();
      } finally {
        isElsewhere = false;
        box.show();
      }
    });
    store.add(
      box.onDidTriggerButton((pressed) => {
        if (pressed === vscode.QuickInputButtons.Back) resolve(back);
      }),
    );
    store.add(
      box.onDidHide(() => {
        if (!isElsewhere) reject(new Cancelled());
      }),
    );
    box.show();
  }).finally(() => store.dispose());
}
