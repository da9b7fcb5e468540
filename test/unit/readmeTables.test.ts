import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { readManifest, readTexts } from '../support/manifest';
import { commandRows, settingRows } from '../support/readmeTables';

/** Without the padding that the formatter adds to tables. */
const readme = fs
  .readFileSync(path.join(import.meta.dirname, '../../README.md'), 'utf8')
  .replace(/ +\|/g, ' |')
  .replace(/\| +/g, '| ');

/** The rows of the table below a heading. */
function rowsBelow(heading: string): readonly string[] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
}

describe('README: tables of the extension', () => {
  const [manifest, texts] = [readManifest(), readTexts()];

  it('has every command, as the palette shows it, and no other', () => {
    assert.deepEqual(rowsBelow('Commands'), commandRows(manifest, texts));
  });

  it('has every setting with default, limits and words of package.json, and no other', () => {
    assert.deepEqual(rowsBelow('Settings in VS Code'), settingRows(manifest, texts));
  });
});
