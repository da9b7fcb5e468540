import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundles, dist } from '../support/bundles';
import { makeTempDir, removeTempDir } from '../support/real/tempDir';

const root = join(dist, '..');

interface Notices {
  readonly notices: (root: string, dist: string, metafile: unknown) => string;
}

describe('the third-party notices', () => {
  const text = readFileSync(join(dist, 'THIRD_PARTY_NOTICES.txt'), 'utf8');
  const packageOf = (folder: string): { name: string; version: string; license: string } =>
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as never;

  it('name every package whose code is in a bundle, with its version and licence', () => {
    const folders = new Set(
      bundles()
        .flatMap(({ inputs }) => inputs)
        .filter((file) => file.includes('node_modules/'))
        .map((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)![0]),
    );
    assert.ok(folders.size > 10, `${folders.size} packages`);
    for (const folder of folders) {
      const { name, version, license } = packageOf(folder);
      assert.ok(text.includes(`\n${name} ${version} (${license})\n`), `${name} ${version} is not named`);
    }
  });

  it('name what is published within other packages, or copied', () => {
    for (const name of ['minipass', 'yallist', 'swagger-ui-dist']) {
      assert.match(text, new RegExp(`\n${name} \\d`));
    }
    assert.match(text, /\nZstandard, compiled to WebAssembly/);
    // Every package that tar is made of, whatever its next version needs.
    const tar = JSON.parse(readFileSync(join(root, 'node_modules/tar/package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const name of Object.keys(tar.dependencies)) assert.ok(text.includes(`\n${name} `), name);
  });

  it('name the Go modules of the playground broker, with their licences', () => {
    for (const name of ['franz-go', 'klauspost/compress', 'pierrec/lz4', 'the Go standard library']) {
      assert.ok(text.includes(name), name);
    }
    assert.ok(
      text.includes(readFileSync(join(root, 'src/runtimes/embedded/broker/NOTICE.md'), 'utf8').trim()),
    );
  });

  it('are not written where a package has no licence text', async () => {
    const { notices } = (await import(pathToFileURL(join(root, 'src/notices/notices.mjs')).href)) as Notices;
    const fake = await makeTempDir('notices');
    try {
      mkdirSync(join(fake, 'node_modules/secretive'), { recursive: true });
      writeFileSync(
        join(fake, 'node_modules/secretive/package.json'),
        JSON.stringify({ name: 'secretive', version: '1.0.0', license: 'MIT' }),
      );
      const metafile = { outputs: { 'dist/a.js': { inputs: { 'node_modules/secretive/index.js': {} } } } };
      assert.throws(
        () => notices(fake, join(fake, 'dist'), metafile),
        /node_modules\/secretive is shipped but has no licence text/,
      );
    } finally {
      await removeTempDir(fake);
    }
  });
});
