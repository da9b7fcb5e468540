import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../real/children';
import { testCache } from '../real/realPart';
import { makeTempDir, removeTempDir } from '../real/tempDir';
import { vscodeParts } from './vscodeParts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const DAY_MS = 86_400_000;

/** Packs the extension where a source is newer than the last VSIX, and returns the VSIX. LKM_VSIX names another one. */
export async function packedVsix(): Promise<string> {
  const given = process.env['LKM_VSIX'];
  if (given !== undefined && given !== '') return given;
  const { stdout } = await run(process.execPath, [join(root, 'test/support/vscode/packVsix.mjs')], {
    cwd: root,
    deadlineMs: 300_000,
  });
  return stdout.toString().trim().split('\n').at(-1)!;
}

/**
 * A folder that holds the extension as VS Code itself installed it from a VSIX. It is made once for each content of the
 * VSIX (that takes seconds) and copied by {@link installVsix}.
 */
async function installedTemplate(vsix: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(vsix))
    .digest('hex')
    .slice(0, 12);
  const cache = join(testCache(), 'installed-vsix');
  const home = join(cache, hash);
  if (existsSync(home)) return home;
  await mkdir(cache, { recursive: true });
  for (const old of await readdir(cache)) {
    const path = join(cache, old);
    if (Date.now() - (await stat(path)).mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true });
  }
  const { node, serverMain } = await vscodeParts();
  const data = await makeTempDir('vsix');
  const stage = join(cache, `${hash}.${process.pid}`);
  try {
    const args = ['--accept-server-license-terms', '--server-data-dir', data, '--extensions-dir', stage];
    await run(node, [serverMain, ...args, '--install-extension', vsix], { deadlineMs: 120_000 });
    await rm(join(stage, 'extensions.json'), { force: true }); // It names the folder that it was made in.
    await rename(stage, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error; // else another run was quicker
    });
  } finally {
    await removeTempDir(data);
    await rm(stage, { recursive: true, force: true });
  }
  return home;
}

/** Installs a VSIX (the freshly packed one where none is named) into a folder of extensions that is still to be made. */
export async function installVsix(extensionsDir: string, vsix?: string): Promise<void> {
  await cp(await installedTemplate(vsix ?? (await packedVsix())), extensionsDir, { recursive: true });
}
