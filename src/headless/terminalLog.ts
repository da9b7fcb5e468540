import fs from 'node:fs';
import path from 'node:path';
import { createLogger, type Logger, type LogLevel } from '../base/logger';

/** Bytes after which the log of an earlier start is put aside; one older file is kept. */
const rotateAt = 5 * 1024 * 1024;

/** The log of the terminal entry: a file in the storage folder, for its owner only. */
export class TerminalLog {
  readonly file: string;
  readonly logger: Logger;
  readonly #stream: fs.WriteStream;

  constructor(folder: string, level: LogLevel) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.file = path.join(folder, 'terminal.log');
    if ((fs.statSync(this.file, { throwIfNoEntry: false })?.size ?? 0) > rotateAt) {
      fs.renameSync(this.file, `${this.file}.1`);
    }
    this.#stream = fs.createWriteStream(this.file, { flags: 'a', mode: 0o600 });
    // A full disk must not end the program that could help to empty it.
    this.#stream.on('error', () => {});
    this.logger = createLogger((at, line) => {
      this.#stream.write(`${new Date().toISOString()} ${process.pid} ${at.padEnd(5)} ${line}\n`);
    }, level);
  }

  /** Writes what is buffered. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve));
  }
}
