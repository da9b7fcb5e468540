import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';

export interface FilterBoxOptions {
  readonly title: string;
  readonly placeholder: string;
  readonly value: string;
  /** Called as one types. */
  readonly onType: (text: string) => void;
  /** What is said below the box: how many are left. */
  readonly prompt: () => string;
  /** Called once at the end, with the text that is to stay: the former one where it was left with Escape. */
  readonly onDone: (text: string) => void;
}

/** Pause after a key before the tree follows, ms. */
const PAUSE_MS = 60;

/** A box that narrows a tree as one types. Enter keeps the filter, Escape brings the former one back. */
export function showFilterBox(options: FilterBoxOptions): Disposable {
  const store = new DisposableStore();
  const box = store.add(vscode.window.createInputBox());
  box.title = options.title;
  box.placeholder = options.placeholder;
  box.value = options.value;
  // Who clicks a row that was found wants that row: the list must not change under the mouse.
  box.ignoreFocusOut = true;
  box.prompt = options.prompt();
  let timer: NodeJS.Timeout | undefined;
  let result = options.value;
  store.add({ dispose: () => clearTimeout(timer) });
  store.add(
    box.onDidChangeValue((text) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        options.onType(text);
        box.prompt = options.prompt();
      }, PAUSE_MS);
    }),
  );
  store.add(
    box.onDidAccept(() => {
      result = box.value;
      box.hide();
    }),
  );
  store.add(
    box.onDidHide(() => {
      store.dispose();
      options.onDone(result);
    }),
  );
  box.show();
  return store;
}
