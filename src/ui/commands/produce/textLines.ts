/** A line of a text, counted from 1 on. */
export interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

/** The lines of a text that hold more than blanks, without their ends. */
export function textLines(text: string): readonly NumberedLine[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line, at) => ({ line: at + 1, text: line }))
    .filter((line) => line.text.trim() !== '');
}
