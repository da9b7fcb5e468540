import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { defaultSettings, settingsInfo, type Settings } from '../../src/core/settings';

const root = path.join(import.meta.dirname, '../..');
/** Without the padding that the formatter adds to tables. */
const readme = fs
  .readFileSync(path.join(root, 'README.md'), 'utf8')
  .replace(/ +\|/g, ' |')
  .replace(/\| +/g, '| ');

describe('README', () => {
  it('has the row of every setting, as the schema has it', () => {
    const defaults: Partial<Settings> = defaultSettings('development');
    for (const key of Object.keys(settingsInfo) as (keyof Settings)[]) {
      const { env, allowed, doc } = settingsInfo[key];
      const value = defaults[key];
      const names = env.map((name) => `\`${name}\``).join(', ');
      const row = `| ${names} | ${allowed} | ${value === undefined ? '' : `\`${String(value)}\` `}| ${doc} |`;
      assert.ok(readme.includes(row), `README lacks the row:\n${row}`);
    }
  });

  it('names no file or folder that is not there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    const paths = [...readme.matchAll(/`((?:src|test)\/[\w./-]+)`/g)].map((match) => match[1] ?? '');
    const missing = [...links, ...paths].filter(
      (file) => file !== 'src/ui' && !fs.existsSync(path.join(root, file)),
    );
    assert.deepEqual(missing, []);
  });

  it('names only scripts that package.json has', () => {
    const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const [, name = ''] of readme.matchAll(/npm run ([\w:]+)/g)) {
      assert.ok(name in manifest.scripts, `npm run ${name}`);
    }
  });
});
