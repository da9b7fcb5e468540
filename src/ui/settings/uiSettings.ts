import * as vscode from 'vscode';
import { Emitter, type Event } from '../../base/event';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import {
  isAllowed,
  type SettingKey,
  type SettingRule,
  settingTable,
  type SettingValue,
} from './settingTable';

/** A value that can not be used. */
export interface SettingProblem {
  readonly key: SettingKey;
  /** What is wrong with it, and what counts instead. */
  readonly message: string;
}

/**
 * VS Code's settings, typed and checked. A value of the wrong kind (settings.json is a text that anybody can write) counts
 * as its default, and is told of once through `onDidFindProblem`.
 */
export class UiSettings implements Disposable {
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new Emitter<ReadonlySet<SettingKey>>());
  readonly #didFindProblem = this.#store.add(new Emitter<SettingProblem>());
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

  /** Fires for each wrong value that is met, once. */
  get onDidFindProblem(): Event<SettingProblem> {
    return this.#didFindProblem.event;
  }

  get<K extends SettingKey>(key: K): SettingValue<K> {
    const rule: SettingRule = settingTable[key];
    const value = vscode.workspace.getConfiguration('localKafka').get<unknown>(key);
    if (isAllowed(rule, value)) return value as SettingValue<K>;
    const message = vscode.l10n.t(
      'The setting localKafka.{0} is {1}, but has to be {2}. Its default counts.',
      key,
      shortened(JSON.stringify(value)),
      wordsFor(rule),
    );
    if (!this.#told.has(message)) {
      this.#told.add(message);
      this.#didFindProblem.fire({ key, message });
    }
    return rule.fallback as SettingValue<K>;
  }

  dispose(): void {
    this.#store.dispose();
  }
}

function wordsFor(rule: SettingRule): string {
  switch (rule.kind) {
    case 'boolean':
      return vscode.l10n.t('true or false');
    case 'integer':
      return vscode.l10n.t('a whole number from {0} to {1}', rule.from, rule.to);
    case 'choice':
      return vscode.l10n.t('one of {0}', rule.of.join(', '));
    case 'text':
      return rule.pattern ? vscode.l10n.t('an http or https URL') : vscode.l10n.t('a text');
  }
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
