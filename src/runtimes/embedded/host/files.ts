import * as fs from 'node:fs';

/** What a file function gives back: its value, or for a failure text that begins with "!", code and message. */
type Result = unknown;

/**
 * The broker's file functions, called straight from Go (broker/kfake/host_files_js.go). Synchronous: a record is
 * acknowledged when it is in the system's page cache, and a call there costs less than any waiting.
 */
export function createFiles(): Record<string, (...args: never[]) => Result> {
  const functions: Record<string, (...args: never[]) => Result> = {
    open: (path: string, mode: string) => fs.openSync(path, mode, 0o644),
    close: (fd: number) => {
      fs.closeSync(fd);
    },
    write: writeAll,
    read: readAt,
    truncate: (fd: number, size: number) => {
      fs.ftruncateSync(fd, size);
    },
    sync: (fd: number) => {
      fs.fsyncSync(fd);
    },
    rename: (from: string, to: string) => {
      fs.renameSync(from, to);
    },
    remove: (path: string) => {
      fs.unlinkSync(path);
    },
    removeAll: (path: string) => {
      fs.rmSync(path, { recursive: true, force: true });
    },
    makeAll: (path: string) => {
      fs.mkdirSync(path, { recursive: true });
    },
    readFile: (path: string) => fs.readFileSync(path),
    list: (path: string) => fs.readdirSync(path, { withFileTypes: true }).map(entryLine).join('\n'),
    stat: (path: string) => {
      const { size, mtimeMs } = fs.statSync(path);
      return `${size} ${Math.trunc(mtimeMs)}`;
    },
  };
  return Object.fromEntries(Object.entries(functions).map(([name, run]) => [name, orError(run)]));
}

/** Node may write less than it is given. Without a position, the data goes to the end of a file opened to append. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += fs.writeSync(fd, bytes, done, bytes.length - done, null);
}

function readAt(fd: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, fs.readSync(fd, bytes, 0, length, position));
}

function entryLine(entry: fs.Dirent): string {
  return entry.isDirectory() ? `${entry.name}/` : entry.name;
}

/** An exception would end the Go program. */
function orError(run: (...args: never[]) => Result): (...args: never[]) => Result {
  return (...args) => {
    try {
      return run(...args);
    } catch (error) {
      const { code = 'EIO', message } = error as NodeJS.ErrnoException;
      return `!${code} ${message}`;
    }
  };
}
