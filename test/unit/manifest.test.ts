import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {
  contextKeys,
  documentSchemes,
  extensionId,
  taskType,
  viewIds,
  walkthroughId,
} from '../../src/ui/contributions';
import { settingTable } from '../../src/ui/settings/settingTable';
import { type Manifest, readManifest, readTexts } from '../support/manifest';
import { commandIds } from '../support/commandIds';

const root = path.join(import.meta.dirname, '../..');
const manifest: Manifest = readManifest();
const { contributes } = manifest;
const texts = readTexts();

/** Every text in the manifest, wherever it stands. */
function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsOf);
}

const used = stringsOf(manifest).flatMap((text) => /^%(.+)%$/.exec(text)?.[1] ?? []);
const whens = stringsOf(
  JSON.parse(JSON.stringify(contributes, (key, value: unknown) => (key === 'media' ? undefined : value))),
).concat(contributes.viewsWelcome.map(({ when }) => when));

describe('package.json', () => {
  it('has the commands of the table, and no other', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...commandIds()].sort());
  });

  it('gives every command a title, our category and an icon of VS Code', () => {
    for (const { command, title, category, icon } of contributes.commands) {
      assert.equal(title, `%command.${command.replace('localKafka.', '')}%`);
      assert.equal(category, '%category%');
      if (icon !== undefined) assert.match(icon, /^\$\([a-z-]+\)$/, command);
    }
  });

  it('names only known commands in menus, keybindings and texts', () => {
    const known = new Set<string>(commandIds());
    const named = [
      ...Object.values(contributes.menus)
        .flat()
        .flatMap(({ command }) => command ?? []),
      ...contributes.keybindings.map(({ command }) => command),
      ...Object.values(texts).flatMap((text) =>
        [...text.matchAll(/command:(localKafka\.\w+)/g)].map(([, id = '']) => id),
      ),
      ...stringsOf(contributes.walkthroughs).flatMap((text) => /^onCommand:(.+)$/.exec(text)?.[1] ?? []),
    ];
    assert.ok(named.length > 40);
    assert.deepEqual(
      named.filter((id) => !known.has(id)),
      [],
    );
  });

  it('deletes no topic by a key that is typed into a box of its view', () => {
    const keys = contributes.keybindings.filter(({ command }) => command === 'localKafka.deleteTopic');
    assert.ok(keys.length > 0 && keys.every(({ when }) => when.includes('!inputFocus')));
  });

  it('has the views of the table', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [viewIds.container],
    );
    assert.deepEqual(
      contributes.views[viewIds.container]?.map(({ id }) => id),
      [viewIds.services, viewIds.topics, viewIds.groups],
    );
    const views = new Set<string>(Object.values(viewIds));
    for (const { view } of contributes.viewsWelcome) assert.ok(views.has(view), view);
  });

  it('asks only for context keys that we set, and for all of them', () => {
    const others = new Set<string>([
      ...commandIds(),
      ...Object.values(viewIds),
      ...Object.keys(settingsOf()),
    ]);
    const asked = new Set(
      whens
        .flatMap((text) => text.match(/localKafka\.[\w.]+/g) ?? [])
        .filter((name) => !others.has(name) && !name.startsWith('localKafka.java')),
    );
    assert.deepEqual([...asked].sort(), [...contextKeys].sort());
  });

  it('has the settings of the table, with the same types, limits and defaults', () => {
    const settings = settingsOf();
    assert.deepEqual(
      Object.keys(settings).sort(),
      Object.keys(settingTable)
        .map((key) => `localKafka.${key}`)
        .sort(),
    );
    for (const [key, rule] of Object.entries(settingTable)) {
      const found = settings[`localKafka.${key}`];
      assert.ok(found, key);
      assert.equal(found.default, rule.fallback, key);
      assert.equal(found.markdownDescription, `%setting.${key}%`);
      assert.ok(['machine', 'window', 'resource'].includes(found.scope), key);
      if (rule.kind === 'integer') {
        assert.deepEqual([found.type, found.minimum, found.maximum], ['integer', rule.from, rule.to], key);
      } else if (rule.kind === 'choice') {
        assert.deepEqual([found.type, found.enum], ['string', rule.of], key);
        assert.equal(found.markdownEnumDescriptions?.length, rule.of.length, key);
      } else if (rule.kind === 'text') {
        assert.deepEqual(
          [found.type, found.pattern],
          ['string', 'pattern' in rule ? found.pattern : undefined],
        );
        if ('pattern' in rule) {
          assert.equal(new RegExp(found.pattern ?? '').source, rule.pattern.source, key);
        }
      } else assert.equal(found.type, 'boolean', key);
    }
  });

  it('has a text for each key, and no key without use', () => {
    assert.deepEqual([...new Set(used)].sort(), Object.keys(texts).sort());
  });

  it('has its pictures, its task type, its walkthrough and its id', () => {
    const pictures = contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg));
    for (const file of [...pictures, manifest.icon, 'media/kafka.svg']) {
      assert.ok(fs.existsSync(path.join(root, file)), file);
    }
    assert.equal(pictures.length, 6);
    assert.deepEqual(
      contributes.taskDefinitions.map(({ type }) => type),
      [taskType],
    );
    assert.deepEqual(
      contributes.walkthroughs.map(({ id }) => id),
      [walkthroughId],
    );
    assert.equal(extensionId, `${manifest.publisher}.${manifest.name}`);
  });

  it('knows our documents by their schemes', () => {
    const asked = whens.flatMap((text) => text.match(/resourceScheme [!=]= '([\w-]+)'/g) ?? []);
    for (const text of asked) {
      const scheme = /'(.+)'/.exec(text)?.[1] ?? '';
      assert.ok((Object.values(documentSchemes) as string[]).includes(scheme), scheme);
    }
  });
});

function settingsOf(): Manifest['contributes']['configuration'][number]['properties'] {
  return Object.assign({}, ...contributes.configuration.map(({ properties }) => properties)) as ReturnType<
    typeof settingsOf
  >;
}
