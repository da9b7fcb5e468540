import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Log files of a VS Code server whose path has a part, in the order of their paths. */
export function logFiles(dataDir: string, part: string): string[] {
  const folder = join(dataDir, 'logs');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.log') && file.includes(part))
    .map((file) => join(folder, file))
    .sort();
}
