import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { bundles, dist } from '../support/bundles';
import { run } from '../support/real/children';
import { zipEntries } from '../support/zipEntries';
import type { ZipEntry } from '../support/zipEntries';

const root = join(dist, '..');

interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly l10n?: string;
  readonly contributes: unknown;
}

/** Every string in a JSON value. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}

describe('the VSIX', function () {
  this.timeout(180_000);
  let output: string;
  let size: number;
  let entries: ZipEntry[];

  before(async () => {
    const { stdout, stderr } = await run('npm', ['run', 'package'], { cwd: root, deadlineMs: 170_000 });
    output = `${stdout.toString()}${stderr.toString()}`;
    const archive = readFileSync(join(dist, 'package/local-kafka-manager.vsix'));
    size = archive.length;
    entries = zipEntries(archive);
  });
  const entry = (name: string): ZipEntry => {
    const found = entries.find((one) => one.name === `extension/${name}`);
    assert.ok(found, `${name} is not in it`);
    return found;
  };
  const manifest = (): Manifest => JSON.parse(entry('package.json').content().toString()) as Manifest;

  it('is packed without a warning', () => {
    assert.match(output, / DONE {2}Packaged: /);
    assert.doesNotMatch(output, /warn|error/i);
  });

  it('has at most 5 MB, with the broker', () => {
    assert.ok(size <= 5_000_000, `${size} bytes`);
    assert.ok(entry('dist/kfake.wasm.br').bytes > 2_000_000);
  });

  it('holds what is needed, and nothing else', () => {
    const chunks = bundles()
      .map(({ name }) => name)
      .filter((name) => name !== 'headless.js')
      .map((name) => `dist/${name}`);
    const needed = [
      ...chunks,
      'dist/kfake.wasm.br',
      'dist/THIRD_PARTY_NOTICES.txt',
      'package.json',
      'package.nls.json',
      'readme.md',
      'changelog.md',
      'LICENSE.txt',
    ];
    const more = [
      /^package\.nls\.[a-z-]+\.json$/,
      /^dist\/docs\/[\w.-]+\.(html|js|css|svg)$/,
      /^media\/(icon\.png|kafka\.svg)$/,
      /^media\/walkthrough\/\w+\.svg$/,
      /^media\/l10n\/bundle\.l10n\.[a-z-]+\.json$/,
    ];
    const found = entries
      .map(({ name }) => name)
      .filter((name) => !['[Content_Types].xml', 'extension.vsixmanifest'].includes(name))
      .map((name) => name.replace(/^extension\//, ''));
    assert.deepEqual(
      needed.filter((name) => !found.includes(name)),
      [],
      'missing',
    );
    assert.deepEqual(
      found.filter((name) => !needed.includes(name) && !more.some((pattern) => pattern.test(name))),
      [],
      'too much',
    );
  });

  it('holds every file that its manifest names', () => {
    const { main, icon, l10n, contributes } = manifest();
    const named = [main, icon, ...strings(contributes).filter((text) => /^(\.\/)?(media|dist)\//.test(text))];
    for (const file of named) entry(file.replace(/^\.\//, ''));
    assert.ok(named.filter((file) => file.includes('media/walkthrough/')).length >= 6);
    if (l10n !== undefined) {
      const folder = `extension/${l10n.replace(/^\.\//, '')}/`;
      assert.ok(
        entries.some(({ name }) => name.startsWith(folder)),
        `the manifest's l10n folder ${folder} is not in it`,
      );
    }
  });

  it('holds the very files that were built, for every platform', () => {
    for (const { name, crc32: sum, bytes } of entries) {
      if (!/^extension\/(dist|media)\//.test(name)) continue;
      const built = readFileSync(join(root, name.replace(/^extension\//, '')));
      assert.deepEqual([name, sum, bytes], [name, crc32(built), built.length]);
    }
    const listing = entries.find(({ name }) => name === 'extension.vsixmanifest');
    assert.ok(listing);
    assert.doesNotMatch(listing.content().toString(), /TargetPlatform/);
  });

  it('has an icon of 256 by 256 pixels', () => {
    const png = entry(manifest().icon).content();
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [256, 256]);
  });
});
