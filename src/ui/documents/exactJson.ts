import { jsonErrorAt } from './jsonErrorAt';

/** Deeper values are left as they are: each level would make all lines in it longer. */
const MOST_LEVELS = 100;

/**
 * JSON laid out on lines. Numbers and strings stay digit by digit and escape by escape as they were written: 2^53 + 1 is
 * not rounded, and no member of two with the same name is lost.
 * @returns undefined where the text is no JSON
 */
export function layOutJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  let out = '';
  let level = 0;
  const newLine = (): string => `\n${'  '.repeat(level)}`;
  // Valid JSON is nothing but these tokens and blanks between them.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|\{\s*\}|\[\s*\]|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    switch (token) {
      case '{':
      case '[':
        if (++level > MOST_LEVELS) return text;
        out += token + newLine();
        break;
      case '}':
      case ']':
        level--;
        out += newLine() + token;
        break;
      case ',':
        out += token + newLine();
        break;
      case ':':
        out += ': ';
        break;
      default:
        out += /^[{[]/.test(token) ? token.replace(/\s/g, '') : token;
    }
  }
  return out;
}

/** Where a text stops being JSON, from 1 on; undefined where it is JSON. */
export function jsonProblem(text: string): { readonly line: number; readonly column: number } | undefined {
  const at = jsonErrorAt(text);
  if (at === undefined) return undefined;
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}
