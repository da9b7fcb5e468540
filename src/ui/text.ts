import { escapeControl } from '../base/logger';

/** Characters that turn the direction of the text around them, and so can make one name look like another. */
const DIRECTION = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A name from Kafka as plain text for labels, descriptions and plain tooltips: control and direction characters are
 * written as \x.. and \u...., so that they can't hide or forge anything. A name of nothing but blanks stands in quotes:
 * it could not be seen.
 */
export function plainText(name: string): string {
  const escaped = escapeControl(name).replace(
    DIRECTION,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return /^\s+$/.test(escaped) ? `"${escaped}"` : escaped;
}

/**
 * A name for places where VS Code draws `$(icon)`: quick pick rows and the status bar. The backslash is its own escape
 * (`escapeIcons` in VS Code) and is not shown.
 */
export function iconSafe(name: string): string {
  return plainText(name).replace(/\$\(/g, '\\$(');
}

/**
 * A name for notifications and view messages, where VS Code makes links of `[text](command:…)`: a word joiner (not
 * visible) between both brackets keeps it text.
 */
export function linkSafe(name: string): string {
  return plainText(name).replace(/\]\(/g, ']\u2060(');
}
