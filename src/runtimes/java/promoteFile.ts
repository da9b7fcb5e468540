import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { codeOf } from '../supervisor/codeOf';

/**
 * Makes a file that a broker wrote at its end the one in use: brought to disk, its size and hash written beside it,
 * then renamed. A crash in between leaves a sidecar that does not fit the file, which readers refuse.
 * @returns false where there is no such file
 */
export async function promoteFile(files: {
  readonly from: string;
  readonly to: string;
  readonly sidecar: string;
}): Promise<boolean> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    const file = await open(files.from, 'r+');
    try {
      await file.sync();
      for await (const chunk of file.createReadStream({ autoClose: false })) {
        const bytes = chunk as Buffer;
        hash.update(bytes);
        size += bytes.length;
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  const temporary = `${files.sidecar}.new`;
  const sidecar = await open(temporary, 'w', 0o600);
  try {
    await sidecar.writeFile(JSON.stringify({ size, sha256: hash.digest('hex') }));
    await sidecar.sync();
  } finally {
    await sidecar.close();
  }
  await rename(temporary, files.sidecar);
  await rename(files.from, files.to);
  return true;
}
