/** Writes one line of the broker's log: `level` and the text, with control characters escaped. */
export type Log = (level: string, line: string) => void;

/** One line whatever the text holds: a client can send any bytes as a topic name or client id. */
export function escapeLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A log that writes lines to `write`, such as stderr. */
export function createLog(write: (text: string) => unknown): Log {
  return (level, line) => write(`${new Date().toISOString()} ${level} ${escapeLine(line)}\n`);
}
