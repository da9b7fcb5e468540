import * as vscode from 'vscode';
import type { ConfigSource } from '../../core/kafkaTypes';
import { plainText } from '../text';
import type { ConfigChange, ConfigProblem, ConfigWords } from './configText';

/** The words of the config text of a topic. */
export function configWords(topic: string): ConfigWords {
  return {
    head: [
      vscode.l10n.t('Config of topic {0}. Nothing changes before you save and confirm it.', plainText(topic)),
      vscode.l10n.t(
        'A line key=value sets a value for this topic. Without the line, or with # before it, the default counts.',
      ),
    ],
    set: vscode.l10n.t('Set for this topic'),
    noneSet: vscode.l10n.t('Nothing: all defaults count.'),
    defaults: vscode.l10n.t('Defaults'),
    readOnly: vscode.l10n.t('Read-only: it can not be changed here.'),
    sensitive: vscode.l10n.t('Sensitive: brokers do not tell its value, and it can not be changed here.'),
    from: sourceText,
  };
}

function sourceText(source: ConfigSource): string {
  switch (source) {
    case 'dynamic-broker':
      return vscode.l10n.t('From the dynamic config of the broker.');
    case 'dynamic-default-broker':
      return vscode.l10n.t('From the dynamic config of all brokers.');
    case 'static-broker':
      return vscode.l10n.t("From the broker's server.properties.");
    case 'topic':
    case 'default':
    case 'other':
      return vscode.l10n.t('From elsewhere.');
  }
}

/** What is wrong with a line, in a sentence. */
export function problemText({ kind, line, key }: ConfigProblem): string {
  const name = plainText(key.slice(0, 100));
  switch (kind) {
    case 'no-equals':
      return vscode.l10n.t('Line {0}: "{1}" has no "=" and a value behind it.', line, name);
    case 'no-key':
      return vscode.l10n.t('Line {0} has no key before the "=".', line);
    case 'twice':
      return vscode.l10n.t('Line {0}: {1} is set twice.', line, name);
    case 'escape':
      return vscode.l10n.t(
        'Line {0}: the value of {1} has a "\\" before something else than n, r, t, "\\" or u and 4 digits.',
        line,
        name,
      );
    case 'read-only':
      return vscode.l10n.t('Line {0}: {1} is read-only.', line, name);
    case 'sensitive':
      return vscode.l10n.t('Line {0}: {1} is sensitive and can not be changed here.', line, name);
  }
}

/** A change on a line: `retention.ms: 604800000 → 60000`. */
export function changeText({ key, from, to }: ConfigChange): string {
  const value = (text: string | null): string => (text === null ? vscode.l10n.t('default') : plainText(text));
  return `${plainText(key)}: ${value(from)} → ${value(to)}`;
}
