import fs from 'node:fs';

const chunkBytes = 1 << 20;

/** Lines of a file without their line feeds, each a view of the piece of the file that was read; a piece at a time. */
export function* fileLines(file: string): Generator<Buffer, void, undefined> {
  const fd = fs.openSync(file, 'r');
  try {
    let rest = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(rest.length + chunkBytes);
      rest.copy(chunk);
      const read = fs.readSync(fd, chunk, rest.length, chunkBytes, null);
      if (read === 0) return;
      const end = rest.length + read;
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0 && at < end; at = chunk.indexOf(10, from)) {
        yield chunk.subarray(from, at);
        from = at + 1;
      }
      rest = chunk.subarray(from, end);
    }
  } finally {
    fs.closeSync(fd);
  }
}
