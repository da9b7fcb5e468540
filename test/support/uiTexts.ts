import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.join(import.meta.dirname, '../..');
const ui = path.join(root, 'src/ui');

/** What `vscode.l10n.t` is called with below src/ui. */
export interface UiTexts {
  /** Literal keys. */
  readonly keys: ReadonlySet<string>;
  /** Calls whose key is made while they run, as `file: expression`. */
  readonly dynamic: readonly string[];
}

/** Collects the keys from the sources. */
export function readUiTexts(): UiTexts {
  const keys = new Set<string>();
  const dynamic: string[] = [];
  for (const file of fs.readdirSync(ui, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = fs.readFileSync(path.join(ui, file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && node.expression.getText() === 'vscode.l10n.t') {
        const [key] = node.arguments;
        if (key && ts.isStringLiteralLike(key)) keys.add(key.text);
        else dynamic.push(`${file.split(path.sep).join('/')}: ${key?.getText() ?? ''}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { keys, dynamic };
}

/** The translations of the editor's texts into a language. */
export function readBundle(language: string): Readonly<Record<string, string>> {
  const file = path.join(root, `media/l10n/bundle.l10n.${language}.json`);
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, string>;
}
