import type { Manifest, SettingEntry } from './manifest';

type Texts = Readonly<Record<string, string>>;

/** The rows of README's table of commands: what the palette shows, and its id. */
export function commandRows({ contributes }: Manifest, texts: Texts): readonly string[] {
  return contributes.commands.map(
    ({ command, title, category }) =>
      `| ${textOf(category, texts)}: ${textOf(title, texts)} | \`${command}\` |`,
  );
}

/** The rows of README's table of settings: key, default, what is allowed and what it does. */
export function settingRows({ contributes }: Manifest, texts: Texts): readonly string[] {
  return contributes.configuration.flatMap(({ properties }) =>
    Object.entries(properties).map(([key, setting]) => {
      const fallback = setting.default === '' ? '' : `\`${String(setting.default)}\` `;
      const doc = textOf(setting.markdownDescription, texts).replaceAll('\n', ' ').replaceAll('|', '\\|');
      return `| \`${key}\` | ${fallback}| ${allowed(setting)} | ${doc} |`;
    }),
  );
}

function allowed({ type, enum: choices, minimum, maximum }: SettingEntry): string {
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (type === 'integer') return `${minimum ?? ''} to ${maximum ?? ''}`;
  return type === 'boolean' ? 'true, false' : 'text';
}

function textOf(text: string, texts: Texts): string {
  const key = /^%(.+)%$/.exec(text)?.[1];
  if (key === undefined) return text;
  const found = texts[key];
  if (found === undefined) throw new Error(`no text for ${key}`);
  return found;
}
