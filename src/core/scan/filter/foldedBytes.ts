/** Code points [from, to) of the scripts that have two cases, so that not all of Unicode has to be gone through. */
const casedRanges: readonly (readonly [number, number])[] = [
  [0x41, 0x590],
  [0x10a0, 0x1400],
  [0x1c80, 0x2190],
  [0x24b0, 0x24d0],
  [0x2c00, 0x2d30],
  [0xa640, 0xa800],
  [0xff20, 0xff40],
  [0x10400, 0x10600],
  [0x10c80, 0x10d90],
  [0x118a0, 0x118e0],
  [0x16e40, 0x16ee0],
  [0x1e900, 0x1e960],
];

/** Lower case by Unicode's default rules; the two small sigmas are one, since which it is depends on its place. */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}

/**
 * A pattern for UTF-8 bytes, read as Latin-1, that is found wherever a text lies which folds to this one: each character
 * in all its cases. It may be found elsewhere too, so {@link fold} has the last word. It never matches nothing.
 * @param word a text that was folded, of one character at least
 */
export function foldedBytes(word: string): string {
  if (/^\u0307+$/.test(word)) return `(?:${['\u0307', 'İ'].map(escaped).join('|')})`;
  const wanted = new Map<string, string[]>();
  for (const char of word) wanted.set(char, [char]);
  for (const [from, to] of casedRanges) {
    for (let code = from; code < to; code++) {
      const char = String.fromCodePoint(code);
      const lower = fold(char);
      if (lower !== char) wanted.get(lower)?.push(char);
    }
  }
  // İ alone becomes two characters, i and a dot above: it may stand for both, or its end for the dot.
  wanted.get('i')?.push('İ');
  return Array.from(word, (char) => {
    const cases = (wanted.get(char) ?? [char]).map(escaped).join('|');
    return char === '\u0307' ? `(?:${cases})?` : `(?:${cases})`;
  }).join('');
}

/** The UTF-8 bytes of a character in a pattern over Latin-1. */
function escaped(char: string): string {
  return Array.from(Buffer.from(char), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
