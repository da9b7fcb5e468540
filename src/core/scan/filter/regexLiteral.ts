/** Characters of a pattern that stand for themselves, whatever the flags. */
const PLAIN = /[A-Za-z0-9 _\-:/,"'=@#%&;<>~`!]/;

/** What a pattern says about every text that it matches. */
export interface RegexLiteral {
  /** ASCII text that each match holds, in either case under the flag i; the longest one that was found. */
  readonly text: string;
  /** Whether the pattern is this text and nothing else. */
  readonly isAll: boolean;
}

/**
 * A text that is in everything a pattern matches, so that records without it need no regular expression. Only what is
 * plain at the top level of the pattern is seen; undefined where that is nothing, or something is not understood.
 */
export function regexLiteral(source: string, flags: string): RegexLiteral | undefined {
  // Under i with u or v other letters count as ASCII ones: K (U+212A) as k, ſ as s.
  if (flags.includes('i') && /[uv]/.test(flags)) return undefined;
  let longest = '';
  let run = '';
  for (let at = 0; at < source.length;) {
    const char = source[at]!;
    if (PLAIN.test(char)) {
      run += char;
      at++;
    } else if (char === '\\' && /[.*+?^$(){}[\]|/\\]/.test(source[at + 1] ?? '')) {
      run += source[at + 1]!;
      at += 2;
    } else {
      if (char === '*' || char === '?' || char === '{') run = run.slice(0, -1);
      if (run.length > longest.length) longest = run;
      run = '';
      const next = behind(source, at);
      if (next === undefined) return undefined;
      at = next;
    }
  }
  if (run.length > longest.length) longest = run;
  return longest === '' ? undefined : { text: longest, isAll: run === source };
}

/** Where the pattern goes on behind the thing at `at`, which is not plain; undefined where that is not sure. */
function behind(source: string, at: number): number | undefined {
  switch (source.charAt(at)) {
    case '^':
    case '$':
    case '.':
    case '*':
    case '+':
    case '?':
      return at + 1;
    case '{':
      return /^\{\d+(?:,\d*)?\}/.exec(source.slice(at))?.[0].length === undefined
        ? undefined
        : source.indexOf('}', at) + 1;
    case '\\':
      return /[dDwWsSbB]/.test(source[at + 1] ?? '') ? at + 2 : undefined;
    case '[': {
      // Classes within classes (flag v) are not taken apart.
      const inside = /^\[(?:[^\\[\]]|\\.)*\]/.exec(source.slice(at));
      return inside ? at + inside[0].length : undefined;
    }
    default:
      // Groups, alternatives and what stands for itself only under some flags.
      return undefined;
  }
}
