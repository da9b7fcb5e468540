import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import {
  dataMarker,
  markDataFolder,
  requireOwnDataFolder,
} from '../../../../src/runtimes/supervisor/dataMarker';
import { makeTempDir, removeTempDir } from '../../../support/real/tempDir';

describe('the marker of a data folder', () => {
  let storage: string;
  let profileDir: string;
  let chosen: string;

  beforeEach(async () => {
    storage = await makeTempDir('data-marker');
    profileDir = path.join(storage, 'profiles', 'one');
    chosen = path.join(storage, 'chosen');
    await mkdir(profileDir, { recursive: true });
    await mkdir(chosen);
  });
  afterEach(() => removeTempDir(storage));

  it('makes an empty folder ours', async () => {
    await markDataFolder(chosen);
    await requireOwnDataFolder(profileDir, chosen);
  });

  it('is not put beside what was there before', async () => {
    await writeFile(path.join(chosen, 'thesis.txt'), '');
    await markDataFolder(chosen);
    assert.deepEqual(await readdir(chosen), ['thesis.txt']);
    await assert.rejects(requireOwnDataFolder(profileDir, chosen), {
      code: 'VALIDATION_ERROR',
      message: /was not empty/,
    });
  });

  it("is not needed in the profile's own folder, unless that leads elsewhere", async () => {
    const own = path.join(profileDir, 'data');
    await mkdir(own);
    await requireOwnDataFolder(profileDir, own);
    const link = path.join(profileDir, 'link');
    await symlink(chosen, link);
    await assert.rejects(requireOwnDataFolder(profileDir, link), { code: 'VALIDATION_ERROR' });
  });

  it('does not help a folder that holds the profile or the home', async () => {
    await writeFile(path.join(storage, dataMarker), '');
    const link = path.join(storage, 'to-all');
    await symlink(storage, link);
    for (const folder of [storage, link, profileDir, homedir(), path.dirname(homedir()), '/']) {
      await assert.rejects(requireOwnDataFolder(profileDir, folder), {
        code: 'VALIDATION_ERROR',
        message: /holds more than the data of a broker/,
      });
    }
  });
});
