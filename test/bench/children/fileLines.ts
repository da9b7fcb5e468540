import fs from 'node:fs';

const chunkBytes = 1 << 18;

/**
 * Lines of a file without their line feeds, a piece of the file at a time.
 * @param take makes of the bytes [from, to) of a piece what is given for the line
 */
export function* fileLines<T>(
  file: string,
  take: (piece: Buffer, from: number, to: number) => T,
): Generator<T, void, undefined> {
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
        yield take(chunk, from, at);
        from = at + 1;
      }
      rest = chunk.subarray(from, end);
    }
  } finally {
    fs.closeSync(fd);
  }
}
