import * as vscode from 'vscode';
import { KafkaManagerError } from '../../contract/errors';
import type { ConfigEntry } from '../../core/kafkaTypes';
import type { UiServices } from '../services';
import { linkSafe, plainText } from '../text';
import {
  changedMeanwhile,
  changesOf,
  type ConfigChange,
  type ConfigProblem,
  formatConfig,
  parseConfig,
  requestOf,
} from './configText';
import { changeText, configWords, problemText } from './configWords';
import type { ReadOnlyDocuments } from './readOnlyDocuments';

/** What is reviewed: a text that was opened with some entries. */
export interface ConfigEdit {
  readonly cluster: string;
  readonly topic: string;
  readonly uri: vscode.Uri;
  readonly opened: readonly ConfigEntry[];
  readonly text: string;
}

/** `kept`: the user goes on editing. Else the text is settled, and what is set now is to be shown. */
export type ReviewOutcome = 'unchanged' | 'applied' | 'discarded' | 'kept';

/** Lines of changes in the question. */
const MOST_LINES = 20;

/**
 * Shows what an edited config changes, asks, and applies it: asked of the broker first, then only the changed keys.
 * @throws INVALID_CONFIGURATION and others of the broker; nothing is changed then
 */
export async function reviewConfig(
  { topics }: Pick<UiServices, 'topics'>,
  readOnly: ReadOnlyDocuments,
  edit: ConfigEdit,
): Promise<ReviewOutcome> {
  const { cluster, topic } = edit;
  const { values, problems } = parseConfig(edit.text);
  refuse(problems);
  const edited = changesOf(edit.opened, values);
  refuse(edited.problems);
  const now = await topics.config(cluster, topic, { documentation: true });
  const changes = againstNow(edited.changes, now);
  if (changes.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Nothing is changed in the config of topic {0}.', linkSafe(topic)),
    );
    return 'unchanged';
  }
  const left = setUri(readOnly, cluster, topic);
  readOnly.put(left, formatConfig(now, configWords(topic)));
  const title = vscode.l10n.t('{0}: set ↔ edited', plainText(topic));
  await vscode.commands.executeCommand('vscode.diff', left, edit.uri, title, { preview: true });
  const answer = await ask(topic, changes, changedMeanwhile(edit.opened, now));
  if (answer === 'kept') return answer;
  if (answer === 'applied') {
    const request = requestOf(changes);
    await topics.alterConfig(cluster, topic, request, { validateOnly: true });
    await topics.alterConfig(cluster, topic, request);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Applied to topic {0}: {1}', linkSafe(topic), linkSafe(listed(changes, '; '))),
    );
  }
  return answer;
}

function setUri(readOnly: ReadOnlyDocuments, cluster: string, topic: string): vscode.Uri {
  return readOnly.uriOf(`${topic}.properties`, { cluster, topic, of: 'set' });
}

function refuse(problems: readonly ConfigProblem[]): void {
  if (problems.length === 0) return;
  throw new KafkaManagerError('INVALID_CONFIGURATION', problems.map(problemText).join(' '), {
    remedy: vscode.l10n.t('Correct it and save again. Nothing was changed.'),
  });
}

/** Changes with the values that are set now. What is set already as it is wanted is no change. */
function againstNow(changes: readonly ConfigChange[], now: readonly ConfigEntry[]): readonly ConfigChange[] {
  const set = new Map(now.filter(({ source }) => source === 'topic').map(({ name, value }) => [name, value]));
  return changes
    .map(({ key, to }) => ({ key, from: set.get(key) ?? null, to }))
    .filter(({ from, to }) => from !== to);
}

async function ask(
  topic: string,
  changes: readonly ConfigChange[],
  meanwhile: readonly ConfigChange[],
): Promise<'applied' | 'discarded' | 'kept'> {
  const apply = vscode.l10n.t('Apply');
  const discard = vscode.l10n.t('Discard Edits');
  const text =
    changes.length === 1
      ? vscode.l10n.t('Apply 1 change to the config of topic {0}?', plainText(topic))
      : vscode.l10n.t('Apply {0} changes to the config of topic {1}?', changes.length, plainText(topic));
  const others = vscode.l10n.t('Changed by somebody else since you opened it:');
  const detail = [
    listed(changes, '\n'),
    ...(meanwhile.length === 0 ? [] : ['', others, listed(meanwhile, '\n')]),
  ].join('\n');
  const answer = await vscode.window.showWarningMessage(text, { modal: true, detail }, apply, discard);
  if (answer === apply) return 'applied';
  return answer === discard ? 'discarded' : 'kept';
}

function listed(changes: readonly ConfigChange[], separator: string): string {
  const lines = changes.slice(0, MOST_LINES).map(changeText);
  const more = changes.length - lines.length;
  return [...lines, ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : [])].join(separator);
}

/** Closes what a review of a config showed, once there is nothing to save: VS Code asks about unsaved text. */
export async function closeReview(
  readOnly: ReadOnlyDocuments,
  { cluster, topic }: Pick<ConfigEdit, 'cluster' | 'topic'>,
): Promise<void> {
  const left = setUri(readOnly, cluster, topic).toString();
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.original.toString() === left);
  await vscode.window.tabGroups.close(tabs);
}
