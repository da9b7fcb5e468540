import { join } from 'node:path';
import { realPart } from '../real/realPart';

/** The programs of the VS Code that the tests start. */
export interface VscodeParts {
  /** The node that the server needs. */
  readonly node: string;
  /** The server's main file. */
  readonly serverMain: string;
  /** VS Code's built-in extensions, a folder for each. */
  readonly builtins: string;
}

/** Brings the VS Code server (test/real/vscode.sh) where this machine has none yet. */
export async function vscodeParts(): Promise<VscodeParts> {
  const home = await realPart('vscode.sh');
  return {
    node: join(home, 'node/bin/node'),
    serverMain: join(home, 'cs/lib/vscode/out/server-main.js'),
    builtins: join(home, 'cs/lib/vscode/extensions'),
  };
}
