import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promoteFile } from '../../../../src/runtimes/java/promoteFile';
import { makeTempDir, removeTempDir } from '../../../support/real/tempDir';

describe('promoteFile', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await makeTempDir('promote');
  });
  afterEach(() => removeTempDir(folder));

  it('replaces the file in use and writes its size and hash beside it', async () => {
    const [from, to, sidecar] = ['new', 'used', 'used.json'].map((name) => path.join(folder, name));
    const bytes = randomBytes(300_000);
    await writeFile(from!, bytes);
    await writeFile(to!, 'old');
    assert.equal(await promoteFile({ from: from!, to: to!, sidecar: sidecar! }), true);
    assert.deepEqual((await readdir(folder)).sort(), ['used', 'used.json']);
    assert.deepEqual(await readFile(to!), bytes);
    assert.deepEqual(JSON.parse(await readFile(sidecar!, 'utf8')), {
      size: 300_000,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  });

  it('changes nothing where there is no new file', async () => {
    const to = path.join(folder, 'used');
    await writeFile(to, 'old');
    const files = { from: path.join(folder, 'new'), to, sidecar: path.join(folder, 'used.json') };
    assert.equal(await promoteFile(files), false);
    assert.deepEqual(await readdir(folder), ['used']);
  });
});
