/**
 * Text of a `.properties` file as java.util.Properties.load reads it: Latin-1 with \uXXXX for the rest, backslashes
 * (Windows paths), line ends and leading blanks escaped. The order of the entries is kept.
 */
export function formatProperties(entries: ReadonlyMap<string, string>): string {
  return [...entries].map(([key, value]) => `${escape(key, true)}=${escape(value, false)}\n`).join('');
}

/** Reads a `.properties` file that Kafka wrote: no continuation lines; escapes are undone. */
export function parseProperties(text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#!]|$)/.test(line)) continue;
    const match = /^\s*((?:[^\\\s=:]|\\.)+)\s*[=:]?\s*(.*)$/.exec(line);
    if (match) entries.set(unescape(match[1]!), unescape(match[2]!));
  }
  return entries;
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f' };

function escape(text: string, isKey: boolean): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const code = text.charCodeAt(i);
    if (named[c] !== undefined) out += named[c];
    else if (c === '\\') out += '\\\\';
    else if (c === ' ' && (isKey || i === 0)) out += '\\ ';
    else if (isKey && '=:#!'.includes(c)) out += `\\${c}`;
    else if (code < 0x20 || code > 0x7e) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += c;
  }
  return out;
}

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, c: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
    return { n: '\n', r: '\r', t: '\t', f: '\f' }[c!] ?? c!;
  });
}
