// Writes THIRD_PARTY_NOTICES.txt: whose code is in what we ship, and under which licence. esbuild.mjs calls it with what
// it has bundled, so that the list can't fall behind.
import fs from 'node:fs';
import path from 'node:path';

/** Packages that are published as one file with others inside, which esbuild therefore can't see. */
const inside = {
  tar: ['@isaacs/fs-minipass', 'chownr', 'minipass', 'minizlib', 'yallist'],
};

/** Packages of which files are copied rather than bundled, and the folder of dist/ that they are in. */
const copied = { 'swagger-ui-dist': 'docs' };

/** Packages that name their licence but leave its text out, and the package of the same authors whose text it is. */
const textFrom = {
  '@hono/zod-openapi': 'hono',
  '@hono/zod-validator': 'hono',
  'proxy-agent-negotiate': 'https-proxy-agent',
};

const head = `THIRD-PARTY NOTICES

Local Kafka Manager is distributed with the following software of others, each under its own licence.
`;

const rule = '='.repeat(80);
const licenceFile = /^(licen[cs]e|copying)(\.(md|txt))?$/i;
const noticeFile = /^notice(\.(md|txt))?$|^swagger-ui-bundle\.js\.LICENSE\.txt$/i;

/** Folders of the packages whose code is in a bundle, relative to the root and sorted. */
export function bundledPackages(metafile) {
  const folders = new Set();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const file of Object.keys(inputs)) {
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
      if (found) folders.add(found[1]);
    }
  }
  return [...folders].sort();
}

function texts(folder, pattern) {
  const files = fs.readdirSync(folder).filter((file) => pattern.test(file));
  return files.sort().map((file) => fs.readFileSync(path.join(folder, file), 'utf8').trim());
}

/** One entry. Throws where there is no licence text: then it must not be shipped like that. */
function entryOf(root, folder) {
  const full = path.join(root, folder);
  const { name, version, license, homepage } = JSON.parse(
    fs.readFileSync(path.join(full, 'package.json'), 'utf8'),
  );
  let licence = texts(full, licenceFile);
  const other = textFrom[name];
  if (licence.length === 0 && other) {
    const text = texts(path.join(root, 'node_modules', other), licenceFile);
    licence = [
      `${name} is published under "${license}" without its text. The text by the same authors:`,
      ...text,
    ];
  }
  if (licence.length === 0) {
    throw new Error(`${folder} is shipped but has no licence text: see src/notices/notices.mjs`);
  }
  const title = [`${name} ${version} (${license})`, ...(homepage ? [homepage] : [])].join('\n');
  return section(title, [...licence, ...texts(full, noticeFile)]);
}

function section(title, paragraphs) {
  return [rule, title, rule, '', ...paragraphs.flatMap((text) => [text, ''])].join('\n');
}

/** The whole text for the bundles of `metafile` and for what else is in `dist`. */
export function notices(root, dist, metafile) {
  const folders = bundledPackages(metafile);
  for (const [name, others] of Object.entries(inside)) {
    if (folders.includes(`node_modules/${name}`)) {
      folders.push(...others.map((other) => `node_modules/${other}`));
    }
  }
  for (const [name, folder] of Object.entries(copied)) {
    if (fs.existsSync(path.join(dist, folder))) folders.push(`node_modules/${name}`);
  }
  const entries = [...new Set(folders)].sort().map((folder) => entryOf(root, folder));
  const read = (file) => fs.readFileSync(path.join(root, file), 'utf8').trim();
  const zstd = section('Zstandard, compiled to WebAssembly in @hpcc-js/wasm-zstd (BSD-3-Clause)', [
    read('src/notices/zstd.txt'),
  ]);
  const broker = section('The playground broker, kfake.wasm.br', [
    read('src/runtimes/embedded/broker/NOTICE.md'),
  ]);
  return [head, ...entries, zstd, broker].join('\n').replaceAll('\r\n', '\n');
}
