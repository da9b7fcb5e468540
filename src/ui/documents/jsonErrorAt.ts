const BLANK = /[ \t\n\r]*/y;
const TOKEN =
  // eslint-disable-next-line no-control-regex -- control characters are what strings must not hold
  /[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)\b/y;

/** What may come next: a value, the first item of a list or its end, a name, the first name or the end, and so on. */
type Expected = 'value' | 'first-item' | 'name' | 'first-name' | 'colon' | 'comma' | 'end';

/**
 * The index where a text stops being JSON (RFC 8259); undefined where it is JSON. Newer engines no longer say where in
 * the message of their errors.
 */
export function jsonErrorAt(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  const closed = (): Expected => (open.length === 0 ? 'end' : 'comma');
  let expected: Expected = 'value';
  for (let at = 0; ;) {
    BLANK.lastIndex = at;
    at += BLANK.exec(text)?.[0].length ?? 0;
    if (at >= text.length) return expected === 'end' ? undefined : at;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return at;
    const next = after(token, expected, open, closed);
    if (next === undefined) return at;
    expected = next;
    at += token.length;
  }
}

/** What may come after a token; undefined where the token itself may not come. */
function after(
  token: string,
  expected: Expected,
  open: ('{' | '[')[],
  closed: () => Expected,
): Expected | undefined {
  const isValue = expected === 'value' || expected === 'first-item';
  switch (token) {
    case '{':
    case '[':
      if (!isValue) return undefined;
      open.push(token);
      return token === '{' ? 'first-name' : 'first-item';
    case '}':
    case ']':
      if (open.at(-1) !== (token === '}' ? '{' : '[')) return undefined;
      if (expected !== 'comma' && expected !== (token === '}' ? 'first-name' : 'first-item'))
        return undefined;
      open.pop();
      return closed();
    case ',':
      if (expected !== 'comma') return undefined;
      return open.at(-1) === '{' ? 'name' : 'value';
    case ':':
      return expected === 'colon' ? 'value' : undefined;
    default:
      if (expected === 'name' || expected === 'first-name')
        return token.startsWith('"') ? 'colon' : undefined;
      return isValue ? closed() : undefined;
  }
}
