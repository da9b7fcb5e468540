import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.join(import.meta.dirname, '../..');
const src = path.join(root, 'src');

/** What each layer may import besides itself (DESIGN §1). */
const allowed: Record<string, readonly string[]> = {
  base: [],
  contract: ['base'],
  core: ['base', 'contract'],
  kafka: ['base', 'contract', 'core'],
  runtimes: ['base', 'contract', 'core'],
  api: ['base', 'contract', 'core'],
  storage: ['base', 'contract', 'core'],
  ui: ['base', 'contract', 'core'],
  webview: ['base', 'contract'],
  // The entries hand one layer to the other.
  consoleWorker: ['base', 'contract', 'core', 'kafka'],
  headless: ['base', 'contract', 'core', 'kafka', 'runtimes', 'storage', 'api'],
  extension: ['base', 'contract', 'core', 'kafka', 'runtimes', 'storage', 'api', 'ui'],
};

/** Packages that only one place may know. */
const packagesOf: readonly (readonly [RegExp, RegExp])[] = [
  [/^vscode$/, /^(ui\/|extension\.ts$)/],
  [/^kafkajs(\/|$)/, /^kafka\//],
  [/^(snappyjs|fzstd)$/, /^kafka\//],
  [/^dockerode$/, /^runtimes\/docker\//],
  [/^(hono|@hono\/.*)(\/|$)/, /^api\//],
];

interface Import {
  readonly file: string;
  readonly target: string;
}

function sourceFiles(): string[] {
  return fs
    .readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => file.split(path.sep).join('/'));
}

function testFiles(): string[] {
  return fs
    .readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `test/${file.split(path.sep).join('/')}`);
}

/** Every import, export-from, import() and require() of a file. */
function importsOf(file: string): Import[] {
  const text = fs.readFileSync(path.join(src, file), 'utf8');
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const specifier =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) &&
            (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
              (ts.isIdentifier(node.expression) && node.expression.text === 'require'))
          ? node.arguments[0]
          : undefined;
    if (specifier && ts.isStringLiteralLike(specifier)) found.push({ file, target: specifier.text });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

const layerOf = (file: string): string =>
  file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, '');

/** The problem with an import, or undefined. */
function problem({ file, target }: Import): string | undefined {
  if (target.startsWith('.')) {
    const to = path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
    if (to.startsWith('..')) return `${file} imports ${target} from outside of src`;
    const [from, into] = [layerOf(file), layerOf(to)];
    if (from === into || allowed[from]?.includes(into)) return undefined;
    return `${file} imports ${to}: ${from} must not know ${into}`;
  }
  for (const [name, home] of packagesOf) {
    if (name.test(target) && !home.test(file))
      return `${file} imports ${target}, which only ${String(home)} may`;
  }
  if (/^(base|contract|webview)\//.test(file) && target.startsWith('node:')) {
    return `${file} imports ${target}, but must run in a browser`;
  }
  return undefined;
}

describe('architecture', () => {
  const files = sourceFiles();
  const imports = files.flatMap(importsOf);

  it('sees the whole tree', () => {
    assert.ok(files.length > 40, `${files.length} files`);
    assert.ok(imports.length > files.length, `${imports.length} imports`);
  });

  it('imports point downward only, and packages stay where they belong', () => {
    assert.deepEqual(
      imports.map(problem).filter((found) => found !== undefined),
      [],
    );
  });

  it('would notice a wrong import', () => {
    const wrong = [
      { file: 'base/a.ts', target: '../core/ports' },
      { file: 'api/a.ts', target: '../kafka/connection' },
      { file: 'core/a.ts', target: 'kafkajs' },
      { file: 'kafka/a.ts', target: 'vscode' },
      { file: 'contract/a.ts', target: 'node:fs' },
      { file: 'core/a.ts', target: '../../test/support/until' },
    ];
    for (const one of wrong) assert.ok(problem(one) !== undefined, `${one.file} -> ${one.target}`);
    assert.equal(problem({ file: 'api/routes/a.ts', target: '../../core/ports' }), undefined);
  });

  it('every layer is known', () => {
    const unknown = [...new Set(files.map(layerOf))].filter((layer) => !(layer in allowed));
    assert.deepEqual(unknown, []);
  });

  it('files stay small: none over 350 lines, tests included, and a median of at most 95 in src', () => {
    const linesOf = (file: string): number =>
      fs.readFileSync(path.join(root, file), 'utf8').trimEnd().split('\n').length;
    const ours = files.map((file) => ({ file, count: linesOf(`src/${file}`) }));
    const tests = testFiles().map((file) => ({ file, count: linesOf(file) }));
    assert.ok(tests.length > 40, `${tests.length} files below test`);
    assert.deepEqual(
      [...ours, ...tests].filter(({ count }) => count > 350),
      [],
    );
    const sorted = ours.map(({ count }) => count).sort((a, b) => a - b);
    assert.ok((sorted[sorted.length >> 1] ?? 0) <= 95, `median ${sorted[sorted.length >> 1]}`);
  });

  it('the tree names no machine path and no package registry', () => {
    const registry = new RegExp(
      [
        'registry\\.npm',
        'npmjs\\.(org|com)/',
        'repo1?\\.maven',
        'proxy\\.golang',
        'files\\.pythonhosted',
      ].join('|'),
    );
    const machine = new RegExp(`['" =(]/(${['work', 'root', 'home'].join('|')})/[a-z]`);
    const tracked = [
      ...files.map((file) => `src/${file}`),
      'package.json',
      'README.md',
      '.npmrc',
      'package-lock.json',
    ];
    for (const file of tracked) {
      const text = fs.readFileSync(path.join(root, file), 'utf8');
      assert.ok(!registry.test(text), `${file} names a registry host`);
      assert.ok(!machine.test(text), `${file} names a machine path`);
    }
  });
});
