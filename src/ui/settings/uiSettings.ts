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
 * as its default, and is among the `problems`.
 */
export class UiSettings implements Disposable {
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new Emitter<ReadonlySet<SettingKey>>());

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

  /** What is wrong now. */
  problems(): readonly SettingProblem[] {
    return (Object.keys(settingTable) as SettingKey[]).flatMap((key) => {
      const rule: SettingRule = settingTable[key];
      const value = read(key);
      if (isAllowed(rule, value)) return [];
      const message = vscode.l10n.t(
        'The setting localKafka.{0} is {1}, but has to be {2}. Its default counts.',
        key,
        shortened(JSON.stringify(value)),
        wordsFor(rule),
      );
      return [{ key, message }];
    });
  }

  get<K extends SettingKey>(key: K): SettingValue<K> {
    const rule: SettingRule = settingTable[key];
    const value = read(key);
    return (isAllowed(rule, value) ? value : rule.fallback) as SettingValue<K>;
  }

  dispose(): void {
    this.#store.dispose();
  }
}

function read(key: SettingKey): unknown {
  return vscode.workspace.getConfiguration('localKafka').get(key);
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
