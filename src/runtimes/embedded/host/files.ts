import * as fs from 'node:fs';

/** What a file function gives back: its value, or for a failure text that begins with "!", code and message. */
type Result = unknown;

/**
 * The broker's file functions, called straight from Go (broker/kfake/host_files_js.go). Synchronous: a record is
 * acknowledged when it is in the system's page cache, and a call there costs less than any waiting.
 */
export function createFiles(): Record<string, (...args: never[]) => Result> {
  // Go copies what it is given at once, but holds on to the object until its garbage collector runs: with a
  // buffer for each read, a start would keep every byte of the log.
  let buffer = new Uint8Array(1024 * 1024);
  const space = (length: number): Uint8Array => {
    if (length > buffer.length) buffer = new Uint8Array(length);
    return buffer.subarray(0, length);
  };
  const functions: Record<string, (...args: never[]) => Result> = {
    open: (path: string, mode: string) => fs.openSync(path, mode, 0o644),
    close: (fd: number) => {
      fs.closeSync(fd);
    },
    write: writeAll,
    read: (fd: number, position: number, length: number) => readAt(fd, position, space(length)),
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
    readFile: (path: string) => {
      const fd = fs.openSync(path, 'r');
      try {
        return readAt(fd, 0, space(fs.fstatSync(fd).size));
      } finally {
        fs.closeSync(fd);
      }
    },
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

/** Fills `into` from a position of a file; what comes back is shorter at the file's end. */
function readAt(fd: number, position: number, into: Uint8Array): Uint8Array {
  let done = 0;
  while (done < into.length) {
    const read = fs.readSync(fd, into, done, into.length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return into.subarray(0, done);
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
