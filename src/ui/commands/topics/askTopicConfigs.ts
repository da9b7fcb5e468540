import * as vscode from 'vscode';
import { DisposableStore } from '../../../base/lifecycle';
import type { ConfigEntry } from '../../../core/kafkaTypes';
import { Cancelled } from '../../cancelled';
import type { UiServices } from '../../services';
import { iconSafe, linkSafe } from '../../text';
import { askText, back, backButton, type TextQuestion } from './askText';
import { topicConfigKeys } from './topicConfigKeys';

/** No entry: all defaults count. */
export const NO_CONFIGS: ReadonlyMap<string, string> = new Map();

/** Where the question stands, and where its keys come from. */
export interface TopicConfigsQuestion extends Pick<
  TextQuestion,
  'title' | 'step' | 'totalSteps' | 'buttons'
> {
  readonly cluster: string;
  /** A topic whose configs tell which keys there are, and their defaults; undefined where there is none. */
  readonly model: string | undefined;
}

interface ConfigItem extends vscode.QuickPickItem {
  /** Undefined for the row that goes on. */
  readonly key?: string;
}

/** What is known of a key. */
interface KnownKey {
  readonly default: string | undefined;
  readonly documentation: string;
}

/**
 * Asks for config entries of a new topic, one after the other, until the first row is chosen.
 * @returns the entries, or `back`
 * @throws Cancelled
 */
export async function askTopicConfigs(
  services: UiServices,
  question: TopicConfigsQuestion,
  before: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string> | typeof back> {
  const known = await knownKeys(services, question);
  const configs = new Map(before);
  for (;;) {
    const key = await askKey(question, known, configs);
    if (key === back) return back;
    if (key === undefined) return configs;
    await askValue(question, key, known.get(key), configs);
  }
}

async function knownKeys(
  { topics, logger }: UiServices,
  { cluster, model }: TopicConfigsQuestion,
): Promise<ReadonlyMap<string, KnownKey>> {
  const keys = new Map<string, KnownKey>(
    topicConfigKeys.map((key) => [key, { default: undefined, documentation: '' }]),
  );
  if (model === undefined) return keys;
  try {
    const entries = await topics.config(cluster, model, { documentation: true });
    return new Map(
      entries.filter(({ isReadOnly }) => !isReadOnly).map((entry) => [entry.name, known(entry)]),
    );
  } catch (error) {
    logger.warn(`the config keys of topic ${model} are not known: ${String(error)}`);
    return keys;
  }
}

function known({ source, value, documentation }: ConfigEntry): KnownKey {
  return {
    // What is set for the model is no default.
    default: source === 'topic' ? undefined : (value ?? undefined),
    documentation: (documentation ?? '').replace(/<[^>]*>/g, ''),
  };
}

async function askKey(
  { title, step, totalSteps, buttons = [] }: TopicConfigsQuestion,
  known: ReadonlyMap<string, KnownKey>,
  configs: ReadonlyMap<string, string>,
): Promise<string | undefined | typeof back> {
  const store = new DisposableStore();
  const pick = store.add(vscode.window.createQuickPick<ConfigItem>());
  pick.title = title;
  pick.step = step;
  pick.totalSteps = totalSteps;
  pick.buttons = buttons.map(({ button }) => button);
  pick.ignoreFocusOut = true;
  pick.placeholder = vscode.l10n.t('Create it, or choose a config entry to set first');
  pick.items = [
    {
      label: `$(check) ${vscode.l10n.t('Create Topic')}`,
      description:
        configs.size === 0
          ? vscode.l10n.t("with the broker's defaults")
          : [...configs].map(([key, value]) => `${iconSafe(key)}=${iconSafe(value)}`).join(', '),
    },
    { label: vscode.l10n.t('Config entries'), kind: vscode.QuickPickItemKind.Separator },
    ...[...known].map(([key, about]) => keyItem(key, about, configs.get(key))),
  ];
  try {
    const chosen = await new Promise<string | symbol | undefined>((resolve, reject) => {
      pick.onDidTriggerButton(() => resolve(back));
      pick.onDidAccept(() => resolve(pick.selectedItems[0]?.key));
      pick.onDidHide(() => reject(new Cancelled()));
      pick.show();
    });
    return typeof chosen === 'symbol' ? back : chosen;
  } finally {
    store.dispose();
  }
}

function keyItem(key: string, about: KnownKey, value: string | undefined): ConfigItem {
  const description =
    value !== undefined
      ? vscode.l10n.t('will be {0}', iconSafe(value))
      : about.default === undefined
        ? ''
        : vscode.l10n.t('default {0}', iconSafe(about.default));
  return { key, label: iconSafe(key), description, detail: iconSafe(about.documentation) };
}

async function askValue(
  { title, step, totalSteps }: TopicConfigsQuestion,
  key: string,
  about: KnownKey | undefined,
  configs: Map<string, string>,
): Promise<void> {
  const remove = Symbol('remove');
  const button = {
    iconPath: new vscode.ThemeIcon('discard'),
    tooltip: vscode.l10n.t('Use the Default'),
  };
  const answer = await askText({
    title,
    step,
    totalSteps,
    prompt: vscode.l10n.t('Value of {0}', iconSafe(linkSafe(key))),
    ...(about?.default !== undefined && { placeholder: about.default }),
    value: configs.get(key) ?? about?.default ?? '',
    buttons: [backButton, { button, answer: remove }],
  });
  if (answer === remove) configs.delete(key);
  else if (typeof answer === 'string') configs.set(key, answer.trim());
}
