import * as fs from 'node:fs';

type Callback = (error: unknown, result?: unknown) => void;
type Operation = (...args: never[]) => unknown;

/**
 * The part of node:fs that Go's js/wasm runtime calls, done at once with the synchronous functions: one
 * thread pool round trip per call would cost far more than a call on the page cache does.
 *
 * The callback is never called from inside the call: Go would enter the wasm again from within, once per
 * goroutine that waits for a file, until the stack overflows. A microtask runs as soon as the wasm has
 * returned.
 */
export function createFsShim(): Record<string, unknown> {
  const appending = new Set<number>();

  const open = (path: string, flags: number, mode: number): number => {
    const fd = fs.openSync(path, flags, mode);
    if ((flags & fs.constants.O_APPEND) !== 0) appending.add(fd);
    return fd;
  };
  const close = (fd: number): void => {
    appending.delete(fd);
    fs.closeSync(fd);
  };
  const read = (
    fd: number,
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): number => fs.readSync(fd, buffer, offset, length, position);
  // Go gives a position after it has sought in a file, to read, even if it was opened to append. Only Linux
  // appends all the same; without a position every system does.
  const write = (
    fd: number,
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): number => fs.writeSync(fd, buffer, offset, length, appending.has(fd) ? null : position);

  const shim: Record<string, unknown> = {
    constants: fs.constants,
    open: later(open),
    close: later(close),
    read: later(read),
    write: later(write),
    // Go's own print and panic, which must not wait.
    writeSync: (fd: number, buffer: Uint8Array) => fs.writeSync(fd, buffer),
  };
  for (const [name, operation] of Object.entries(plainOperations)) shim[name] = later(operation);
  return shim;
}

const plainOperations = {
  chmod: fs.chmodSync,
  chown: fs.chownSync,
  fchmod: fs.fchmodSync,
  fchown: fs.fchownSync,
  fstat: fs.fstatSync,
  fsync: fs.fsyncSync,
  ftruncate: fs.ftruncateSync,
  lchown: fs.lchownSync,
  link: fs.linkSync,
  lstat: fs.lstatSync,
  mkdir: fs.mkdirSync,
  readdir: fs.readdirSync,
  readlink: fs.readlinkSync,
  rename: fs.renameSync,
  rmdir: fs.rmdirSync,
  stat: fs.statSync,
  symlink: fs.symlinkSync,
  truncate: fs.truncateSync,
  unlink: fs.unlinkSync,
  utimes: fs.utimesSync,
} satisfies Record<string, Operation>;

/** Gives a synchronous function the shape of its callback twin. */
function later(operation: Operation): (...args: unknown[]) => void {
  return (...args) => {
    const callback = args.pop() as Callback;
    let result: unknown;
    try {
      result = operation(...(args as never[]));
    } catch (error) {
      queueMicrotask(() => callback(error));
      return;
    }
    queueMicrotask(() => callback(null, result));
  };
}
