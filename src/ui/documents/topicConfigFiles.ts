import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import { toManagerError } from '../../contract/errors';
import type { ConfigEntry } from '../../core/kafkaTypes';
import { documentSchemes } from '../contributions';
import type { UiServices } from '../services';
import { closeReview, type ReviewOutcome, reviewConfig } from './configReview';
import { formatConfig } from './configText';
import { configWords } from './configWords';
import type { ReadOnlyDocuments } from './readOnlyDocuments';

const EXTENSION = '.properties';

/** A config that was opened. */
interface ConfigFile {
  readonly cluster: string;
  readonly topic: string;
  /** As they were when it was opened. */
  entries: readonly ConfigEntry[];
  text: string;
  /** ms since 1970; only goes up, since VS Code reads a file again when it differs. */
  changedAt: number;
  /** The text that the user said yes to: it is saved without another question. */
  settled: string | undefined;
  /** Whether the text is to be replaced by what is set now; until that could be read it stays. */
  isOutdated: boolean;
}

/**
 * Configs of topics as files that can be edited. To save one means to review and apply it: it counts as saved only when
 * the broker has it. What Auto Save saves is kept and not applied: nobody asked for that.
 */
export class TopicConfigFiles implements Disposable, vscode.FileSystemProvider {
  readonly #services: UiServices;
  readonly #readOnly: ReadOnlyDocuments;
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  readonly #files = new Map<string, ConfigFile>();
  /** Saves that nobody asked for by hand. */
  readonly #automatic = new Set<string>();

  constructor(services: UiServices, readOnly: ReadOnlyDocuments) {
    this.#services = services;
    this.#readOnly = readOnly;
    const scheme = documentSchemes.topicConfig;
    const isOurs = ({ uri }: vscode.TextDocument): boolean => uri.scheme === scheme;
    for (const item of [
      vscode.workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true }),
      vscode.workspace.onWillSaveTextDocument(({ document, reason }) => {
        if (!isOurs(document)) return;
        const key = document.uri.toString();
        if (reason === vscode.TextDocumentSaveReason.Manual) this.#automatic.delete(key);
        else this.#automatic.add(key);
      }),
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (isOurs(document)) this.#showWhatIsSet(document);
      }),
      // A tab that is opened again shows what is set then; edits that Auto Save has kept stay.
      vscode.workspace.onDidCloseTextDocument((document) => {
        const key = document.uri.toString();
        const file = this.#files.get(key);
        if (file && !isEditedText(file)) this.#files.delete(key);
      }),
      services.topics.onDidChange(({ cluster, topic, kind }) => {
        if (kind === 'config') this.#refresh(this.uriOf(cluster, topic));
      }),
    ]) {
      this.#store.add(item);
    }
  }

  get onDidChangeFile(): vscode.Event<vscode.FileChangeEvent[]> {
    return this.#didChange.event;
  }

  /** The address of a topic's config. */
  uriOf(cluster: string, topic: string): vscode.Uri {
    const path = `/${encodeURIComponent(cluster)}/${encodeURIComponent(topic)}${EXTENSION}`;
    return vscode.Uri.from({ scheme: documentSchemes.topicConfig, path });
  }

  /** Shows the config of a topic to edit it, as it is set now unless it is being edited. */
  async show(cluster: string, topic: string): Promise<void> {
    const uri = this.uriOf(cluster, topic);
    const known = this.#files.get(uri.toString());
    if (known) await this.#reload(uri, known);
    // Here an error is still ours to tell.
    else await this.#load(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  }

  /** Shows what the edits of a config change and applies them where the user says so. @throws what reviewConfig throws */
  async review(document: vscode.TextDocument): Promise<void> {
    const file = await this.#load(document.uri);
    const text = document.getText();
    if ((await this.#review(document.uri, file, text)) === 'kept') return;
    file.settled = text;
    await document.save();
    this.#showWhatIsSet(document);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { changedAt, text } = await this.#loadOr(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: changedAt, size: Buffer.byteLength(text) };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return Buffer.from((await this.#loadOr(uri)).text, 'utf8');
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const file = await this.#loadOr(uri);
    const text = Buffer.from(content).toString('utf8');
    const isAutomatic = this.#automatic.delete(uri.toString());
    if (text !== file.settled && !isAutomatic) {
      const outcome = await this.#review(uri, file, text).catch((error: unknown) => {
        throw unavailable(error);
      });
      if (outcome === 'kept') throw vscode.FileSystemError.Unavailable(vscode.l10n.t('nothing was applied'));
      file.settled = text;
    }
    file.text = text;
    file.isOutdated = false;
    touch(file);
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(from: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(from);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #review(uri: vscode.Uri, file: ConfigFile, text: string): Promise<ReviewOutcome> {
    const { cluster, topic, entries } = file;
    return reviewConfig(this.#services, this.#readOnly, { cluster, topic, uri, opened: entries, text });
  }

  async #load(uri: vscode.Uri): Promise<ConfigFile> {
    const key = uri.toString();
    const known = this.#files.get(key);
    if (known) return known;
    const [cluster = '', name = ''] = uri.path.slice(1).split('/').map(decodeURIComponent);
    const topic = name.slice(0, -EXTENSION.length);
    const entries = await this.#services.topics.config(cluster, topic, { documentation: true });
    const text = formatConfig(entries, configWords(topic));
    const file = {
      cluster,
      topic,
      entries,
      text,
      changedAt: Date.now(),
      settled: undefined,
      isOutdated: false,
    };
    // Another call may have been quicker; there is one file for all.
    const first = this.#files.get(key) ?? file;
    this.#files.set(key, first);
    return first;
  }

  /** @throws FileSystemError, the only error that VS Code tells in our words */
  async #loadOr(uri: vscode.Uri): Promise<ConfigFile> {
    if (!uri.path.endsWith(EXTENSION)) throw vscode.FileSystemError.FileNotFound(uri);
    return this.#load(uri).catch((error: unknown) => {
      throw unavailable(error);
    });
  }

  /** After a text was settled: the document shows what is set now, formatted anew. */
  #showWhatIsSet(document: vscode.TextDocument): void {
    const file = this.#files.get(document.uri.toString());
    if (file?.settled === undefined || file.settled !== document.getText()) return;
    file.settled = undefined;
    file.isOutdated = true;
    closeReview(this.#readOnly, file).catch((error: unknown) =>
      this.#services.logger.error('the review of a topic config could not be closed', error),
    );
    this.#refresh(document.uri);
  }

  #refresh(uri: vscode.Uri): void {
    const file = this.#files.get(uri.toString());
    if (!file) return;
    this.#reload(uri, file).catch((error: unknown) =>
      this.#services.logger.error('a topic config could not be read again', error),
    );
  }

  /** Reads a config again unless it is being edited: then what has changed is told when it is reviewed. */
  async #reload(uri: vscode.Uri, file: ConfigFile): Promise<void> {
    const isEdited = (): boolean => {
      const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
      if (!document) return false;
      return document.isDirty || isEditedText(file);
    };
    if (isEdited()) return;
    const entries = await this.#services.topics.config(file.cluster, file.topic, { documentation: true });
    if (isEdited()) return;
    file.entries = entries;
    file.text = formatted(file);
    file.isOutdated = false;
    touch(file);
    this.#didChange.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }
}

function formatted({ entries, topic }: ConfigFile): string {
  return formatConfig(entries, configWords(topic));
}

/** Whether the text has edits that Auto Save has kept and nobody has applied. */
function isEditedText(file: ConfigFile): boolean {
  return !file.isOutdated && file.text !== formatted(file);
}

function touch(file: ConfigFile): void {
  file.changedAt = Math.max(Date.now(), file.changedAt + 1);
}

function unavailable(error: unknown): vscode.FileSystemError {
  const { message, remedy } = toManagerError(error);
  return vscode.FileSystemError.Unavailable(`${message} ${remedy}`);
}
