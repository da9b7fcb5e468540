// Packs the extension as a release would, where the VSIX is older than anything that goes into it. Prints its path.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../../..');
const vsix = path.join(root, 'dist/package/local-kafka-manager.vsix');

/** Newest modification time below the given files and folders, in ms. */
function newest(names) {
  let latest = 0;
  for (const name of names) {
    const full = path.join(root, name);
    if (!fs.existsSync(full)) continue;
    const stat = fs.statSync(full);
    latest = Math.max(latest, stat.mtimeMs);
    if (stat.isDirectory())
      latest = Math.max(latest, newest(fs.readdirSync(full).map((entry) => path.join(name, entry))));
  }
  return latest;
}

const inputs = [
  'src',
  'media',
  'l10n',
  'esbuild.mjs',
  'package.json',
  'package.nls.json',
  'package.nls.de.json',
  'package-lock.json',
];
if (
  !fs.existsSync(vsix) ||
  fs.statSync(vsix).mtimeMs < newest([...inputs, '.vscodeignore', 'README.md', 'CHANGELOG.md'])
) {
  // Two runs at once would write the same files of dist/.
  const packed = spawnSync(
    'flock',
    [path.join(root, 'node_modules/.package.lock'), 'npm', 'run', '--silent', 'package'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (packed.status !== 0) {
    console.error(`npm run package failed:\n${packed.error?.message ?? ''}${packed.stdout}${packed.stderr}`);
    process.exit(1);
  }
}
console.log(vsix);
