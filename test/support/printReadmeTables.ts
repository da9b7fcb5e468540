// Prints the two tables for README, to be pasted: node --import tsx test/support/printReadmeTables.ts
import { readManifest, readTexts } from './manifest';
import { commandRows, settingRows } from './readmeTables';

const manifest = readManifest();
const texts = readTexts();
process.stdout.write(
  [
    '## Commands\n\n| Command | Id |\n| --- | --- |',
    ...commandRows(manifest, texts),
    '\n## Settings in VS Code\n\n| Setting | Default | Allowed | What it does |\n| --- | --- | --- | --- |',
    ...settingRows(manifest, texts),
    '',
  ].join('\n'),
);
