import { StringDecoder } from 'node:string_decoder';

/** Longest line of a log in characters; longer ones are cut into several. */
const maxLength = 16_000;

/** Cuts what a process prints into lines. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLines: (lines: string[]) => void;
  #rest = '';

  constructor(onLines: (lines: string[]) => void) {
    this.#onLines = onLines;
  }

  write(chunk: Buffer): void {
    this.#take(this.#rest + this.#decoder.write(chunk));
  }

  /** Gives the last line also where no line feed ends it. */
  end(): void {
    this.#take(`${this.#rest}${this.#decoder.end()}`);
    if (this.#rest !== '') this.#onLines([this.#rest]);
    this.#rest = '';
  }

  #take(text: string): void {
    const lines: string[] = [];
    const parts = text.split('\n');
    parts.forEach((part, index) => {
      let line = part;
      for (; line.length > maxLength; line = line.slice(maxLength)) lines.push(line.slice(0, maxLength));
      if (index === parts.length - 1) this.#rest = line;
      else lines.push(line.endsWith('\r') ? line.slice(0, -1) : line);
    });
    if (lines.length > 0) this.#onLines(lines);
  }
}
