import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import { documentSchemes } from '../contributions';

/** Read-only texts of ours, by what they are addressed by. A text is kept as long as its document is open. */
export class ReadOnlyDocuments implements Disposable, vscode.TextDocumentContentProvider {
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new vscode.EventEmitter<vscode.Uri>());
  readonly #texts = new Map<string, string>();

  constructor() {
    this.#store.add(vscode.workspace.registerTextDocumentContentProvider(documentSchemes.readOnly, this));
    this.#store.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === documentSchemes.readOnly) this.#texts.delete(uri.toString());
      }),
    );
  }

  get onDidChange(): vscode.Event<vscode.Uri> {
    return this.#didChange.event;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.#texts.get(uri.toString()) ??
      vscode.l10n.t(
        'This was read before the window was loaded again. Run the command again to read it anew.',
      )
    );
  }

  /**
   * The address of a document.
   * @param name the title of its tab; its extension chooses the language
   * @param identity what tells it from others of the same name
   */
  uriOf(name: string, identity: Readonly<Record<string, string>>): vscode.Uri {
    const query = new URLSearchParams(identity).toString();
    return vscode.Uri.from({ scheme: documentSchemes.readOnly, path: `/${name}`, query });
  }

  /** Sets the text of a document, and updates it where it is open. */
  put(uri: vscode.Uri, text: string): void {
    this.#texts.set(uri.toString(), text);
    this.#didChange.fire(uri);
  }

  /** Sets the text of a document and shows it. Answers when an open one has the new text. */
  async show(
    uri: vscode.Uri,
    text: string,
    options: vscode.TextDocumentShowOptions = {},
  ): Promise<vscode.TextEditor> {
    this.put(uri, text);
    const document = await vscode.workspace.openTextDocument(uri);
    await hasText(document, text);
    return vscode.window.showTextDocument(document, { preview: false, ...options });
  }

  dispose(): void {
    this.#store.dispose();
  }
}

/** Longest wait in ms for an open document to take its new text. */
const takesTextMs = 5_000;

/** Until a document has a text: one that was open before takes it a moment after it was told. */
async function hasText(document: vscode.TextDocument, text: string): Promise<void> {
  // Lines only: the editor has line ends of its own.
  const isThere = (): boolean => document.getText().replaceAll('\r\n', '\n') === text;
  if (isThere()) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve();
    };
    const timer = setTimeout(done, takesTextMs);
    const listener = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document && isThere()) done();
    });
  });
}
