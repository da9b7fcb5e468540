import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const file = path.join(import.meta.dirname, '../../src/ui/contributions.ts');

/** The ids of the interface CommandArguments: a type, so they are read out of the source. */
export function commandIds(): readonly string[] {
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === 'CommandArguments',
  );
  const ids =
    found?.members.flatMap(({ name }) => (name && ts.isStringLiteral(name) ? [name.text] : [])) ?? [];
  if (ids.length === 0) throw new Error('contributions.ts has no CommandArguments');
  return ids;
}
