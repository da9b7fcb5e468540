import * as vscode from 'vscode';
import { Emitter, type Event } from '../../base/event';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import { type SettingKey, settingTable, type SettingValue } from './settingTable';

/**
 * VS Code's settings, typed and checked. A value of the wrong kind (settings.json is a text that anybody can write) counts
 * as its default, and is told of once through `onDidFindProblem`.
 */
export class UiSettings implements Disposable {
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new Emitter<ReadonlySet<SettingKey>>());
  readonly #didFindProblem = this.#store.add(new Emitter<string>());
  readonly #told = new Set<string>();

  constructor() {
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        const changed = (Object.keys(settingTable) as SettingKey[]).filter((key) =>
          event.affectsConfiguration(`localKafka.${key}`),
        );
        if (changed.length > 0) this.#didChange.fire(new Set(changed));
      }),
    );
  }

  /** Fires with the keys that have changed. */
  get onDidChange(): Event<ReadonlySet<SettingKey>> {
    return this.#didChange.event;
  }

  /** Fires with a sentence for each wrong value that is met, once. */
  get onDidFindProblem(): Event<string> {
    return this.#didFindProblem.event;
  }

  get<K extends SettingKey>(key: K): SettingValue<K> {
    const { schema, fallback, allowed } = settingTable[key];
    const value = vscode.workspace.getConfiguration('localKafka').get<unknown>(key);
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data as SettingValue<K>;
    const problem = vscode.l10n.t(
      'The setting localKafka.{0} is {1}, but has to be {2}. Its default counts.',
      key,
      JSON.stringify(value),
      allowed,
    );
    if (!this.#told.has(problem)) {
      this.#told.add(problem);
      this.#didFindProblem.fire(problem);
    }
    return fallback as SettingValue<K>;
  }

  /** Writes the user's setting. */
  async set<K extends SettingKey>(key: K, value: SettingValue<K>): Promise<void> {
    await vscode.workspace
      .getConfiguration('localKafka')
      .update(key, value, vscode.ConfigurationTarget.Global);
  }

  dispose(): void {
    this.#store.dispose();
  }
}
