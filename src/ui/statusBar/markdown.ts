import type { MarkdownString } from 'vscode';
import { plainText } from '../text';

/** Stands for `&` while VS Code escapes a text: it makes entities of blanks itself. */
const AMPERSAND = '\ue000';

/**
 * Appends a name from outside as text. `appendText` of VS Code leaves `|`, `<` and entities as they are, which would break
 * a table or show another name.
 */
export function appendName(to: MarkdownString, name: string): MarkdownString {
  const before = to.value;
  to.value = '';
  to.appendText(plainText(name).replaceAll(AMPERSAND, '\ufffd').replaceAll('&', AMPERSAND));
  to.value = before + to.value.replace(/[|<:@.]/g, escaped).replaceAll(AMPERSAND, '&amp;');
  return to;
}

/** `:`, `@` and `.` too, so that an address in a name does not become a link by itself. */
function escaped(character: string): string {
  return character === '<' ? '&lt;' : `\\${character}`;
}
