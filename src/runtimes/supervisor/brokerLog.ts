import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { escapeControl } from '../../base/logger';
import { RingBuffer } from '../../base/ringBuffer';

/** Lines kept in memory for clients that ask for the log. */
const linesInMemory = 200;

export interface BrokerLogOptions {
  /** Bytes after which the file becomes `<file>.1`; 5 MB where left out. */
  readonly maxBytes?: number;
  /** Rotated files that are kept; 2 where left out. */
  readonly kept?: number;
}

/**
 * The broker's log file: control characters escaped, rotated by size. Writing is synchronous, so that the last words
 * of a broker are on disk whatever happens next; a disk that refuses loses lines, never the broker.
 */
export class BrokerLog {
  readonly #file: string;
  readonly #maxBytes: number;
  readonly #kept: number;
  readonly #newest = new RingBuffer<string>(linesInMemory);
  /** undefined where it could not be opened again after a rotation. */
  #fd: number | undefined;
  #size = 0;

  /** @throws Error with the system's code when the file can't be opened */
  constructor(file: string, options: BrokerLogOptions = {}) {
    this.#file = file;
    this.#maxBytes = options.maxBytes ?? 5_000_000;
    this.#kept = options.kept ?? 2;
    this.#open();
  }

  /** The newest lines that were added since the start of this process, oldest first. */
  newest(count = linesInMemory): string[] {
    return this.#newest.toArray().slice(-count);
  }

  /** Adds lines and gives them back as they were written. */
  add(lines: readonly string[]): string[] {
    const clean = lines.map((line) => escapeControl(line));
    for (const line of clean) this.#newest.push(line);
    const bytes = Buffer.from(`${clean.join('\n')}\n`);
    try {
      if (this.#size > 0 && this.#size + bytes.length > this.#maxBytes) this.#rotate();
      const fd = this.#fd ?? this.#open();
      this.#size += writeSync(fd, bytes);
    } catch {
      // A full disk must not end the broker's supervisor; the lines are in memory still.
    }
    return clean;
  }

  #rotate(): void {
    const fd = this.#fd;
    // Whatever fails below: the number soon belongs to another file or socket.
    this.#fd = undefined;
    if (fd !== undefined) closeSync(fd);
    const name = (age: number): string => (age === 0 ? this.#file : `${this.#file}.${age}`);
    rmSync(name(this.#kept), { force: true });
    for (let age = this.#kept - 1; age >= 0; age--) {
      try {
        renameSync(name(age), name(age + 1));
      } catch (error) {
        if (age === 0) throw error;
      }
    }
  }

  #open(): number {
    const fd = openSync(this.#file, 'a', 0o600);
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
    return fd;
  }
}
