import type { ConfigChanges, ConfigEntry } from '../../core/kafkaTypes';
import { plainText } from '../text';

/** The words of a config text, in the user's language. */
export interface ConfigWords {
  /** Lines at the top. */
  readonly head: readonly string[];
  /** Title of the entries that are set for the topic. */
  readonly set: string;
  readonly noneSet: string;
  /** Title of all others. */
  readonly defaults: string;
  readonly readOnly: string;
  readonly sensitive: string;
  /** Where a value comes from that is neither set for the topic nor Kafka's default. */
  readonly from: (source: ConfigEntry['source']) => string;
}

/** What is wrong with a line of a config text, or with the key that it sets. */
export interface ConfigProblem {
  readonly kind: 'no-equals' | 'no-key' | 'twice' | 'escape' | 'read-only' | 'sensitive';
  /** From 1 on. */
  readonly line: number;
  readonly key: string;
}

/** A value that a text sets, and in which line. */
export interface EditedValue {
  readonly value: string;
  readonly line: number;
}

/** Longest line of a comment, in characters. */
const COMMENT_WIDTH = 100;

/**
 * The config of a topic as a text of `key=value` lines: what is set for it first, then everything else commented out,
 * with what the broker says of it.
 */
export function formatConfig(entries: readonly ConfigEntry[], words: ConfigWords): string {
  const set = entries.filter(isOverride);
  const others = entries.filter((entry) => !isOverride(entry));
  const lines = [...words.head.flatMap(comment), '', ...comment(`== ${words.set} ==`)];
  if (set.length === 0) lines.push(...comment(words.noneSet));
  for (const entry of set) lines.push(...formatEntry(entry, words, entry.isSensitive || entry.isReadOnly));
  lines.push('', ...comment(`== ${words.defaults} ==`));
  for (const entry of others) lines.push('', ...formatEntry(entry, words, true));
  return `${lines.join('\n')}\n`;
}

/** Whether an entry is set for the topic itself. */
export function isOverride(entry: ConfigEntry): boolean {
  return entry.source === 'topic';
}

function formatEntry(entry: ConfigEntry, words: ConfigWords, isCommented: boolean): string[] {
  const notes = [
    ...(isCommented && entry.documentation !== null ? [proseOf(entry.documentation)] : []),
    ...(entry.source === 'topic' || entry.source === 'default' ? [] : [words.from(entry.source)]),
    ...(entry.isReadOnly ? [words.readOnly] : []),
    ...(entry.isSensitive ? [words.sensitive] : []),
  ];
  const value = entry.isSensitive ? '' : escapeValue(entry.value ?? '');
  return [...notes.flatMap(comment), `${isCommented ? '#' : ''}${plainText(entry.name)}=${value}`];
}

/** Kafka documents its configs in HTML. */
function proseOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

/** A text as lines of comments, broken between words. */
function comment(text: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line.length > 1 && line.length + word.length >= COMMENT_WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${plainText(word)}`;
  }
  return [...lines, line];
}

const NAMED: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\\': '\\' };
const PLAIN: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };

/** A value on one line; blanks at its ends stay visible. */
function escapeValue(value: string): string {
  return value.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what this is about
    /[\\\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|^ +| +$/g,
    (found) => (NAMED[found] === undefined ? Array.from(found, unicodeEscape).join('') : `\\${NAMED[found]}`),
  );
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The value of a line; undefined where a backslash stands before something that it can't. */
function unescapeValue(text: string): string | undefined {
  if (!/^(?:[^\\]|\\u[0-9a-fA-F]{4}|\\[nrt\\])*$/.test(text)) return undefined;
  return text.replace(/\\(?:u(.{4})|(.))/g, (_, code: string | undefined, one: string) =>
    code === undefined ? (PLAIN[one] ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** The values that a text sets, and what is wrong with its lines. */
export function parseConfig(text: string): {
  readonly values: ReadonlyMap<string, EditedValue>;
  readonly problems: readonly ConfigProblem[];
} {
  const values = new Map<string, EditedValue>();
  const problems: ConfigProblem[] = [];
  for (const [at, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = at + 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#') || content.startsWith('!')) continue;
    const equals = content.indexOf('=');
    const key = (equals < 0 ? content : content.slice(0, equals)).trim();
    const value = unescapeValue(content.slice(equals + 1).trim());
    if (equals < 0) problems.push({ kind: 'no-equals', line, key });
    else if (key === '') problems.push({ kind: 'no-key', line, key });
    else if (value === undefined) problems.push({ kind: 'escape', line, key });
    else if (values.has(key)) problems.push({ kind: 'twice', line, key });
    else values.set(key, { value, line });
  }
  return { values, problems };
}

/** One key that a text changes; null stands for "not set for the topic". */
export interface ConfigChange {
  readonly key: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** What an edited text changes of what was set when it was opened, and the keys that can't be changed. */
export function changesOf(
  opened: readonly ConfigEntry[],
  edited: ReadonlyMap<string, EditedValue>,
): { readonly changes: readonly ConfigChange[]; readonly problems: readonly ConfigProblem[] } {
  const known = new Map(opened.map((entry) => [entry.name, entry]));
  const changes: ConfigChange[] = [];
  const problems: ConfigProblem[] = [];
  for (const [key, { value, line }] of edited) {
    const entry = known.get(key);
    const from = entry && isOverride(entry) ? entry.value : null;
    if (entry?.isSensitive) problems.push({ kind: 'sensitive', line, key });
    else if (from === value) continue;
    else if (entry?.isReadOnly) problems.push({ kind: 'read-only', line, key });
    else changes.push({ key, from, to: value });
  }
  for (const entry of opened) {
    // Those are never a line of the text, so that their absence says nothing.
    if (!isOverride(entry) || entry.isSensitive || entry.isReadOnly || edited.has(entry.name)) continue;
    changes.push({ key: entry.name, from: entry.value, to: null });
  }
  return { changes, problems };
}

/** The request for changes: only the keys that change, null for those that are no longer set. */
export function requestOf(changes: readonly ConfigChange[]): ConfigChanges {
  return Object.fromEntries(changes.map(({ key, to }) => [key, to]));
}

/** What somebody else has changed since a config was opened. */
export function changedMeanwhile(
  opened: readonly ConfigEntry[],
  now: readonly ConfigEntry[],
): readonly ConfigChange[] {
  const overrides = (entries: readonly ConfigEntry[]) =>
    new Map(entries.filter(isOverride).map(({ name, value }) => [name, value]));
  const before = overrides(opened);
  const after = overrides(now);
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((key) => ({ key, from: before.get(key) ?? null, to: after.get(key) ?? null }))
    .filter(({ key, from, to }) => from !== to || before.has(key) !== after.has(key));
}
