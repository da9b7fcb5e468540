import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { spawnTracked } from './real/children';
import { realPart } from './real/realPart';

/** Reads a topic to its end with kcat, line by line, for topics that memory should not hold whole. */
export async function kcatLines(
  bootstrap: string,
  topic: string,
  format: string,
  onLine: (line: string) => void,
): Promise<void> {
  const args = ['-b', bootstrap, '-C', '-t', topic, '-o', 'beginning', '-e', '-q', '-f', `${format}\\n`];
  const child = spawnTracked(await realPart('kcat.sh'), args);
  const ended = once(child, 'close');
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.end();
  for await (const line of createInterface({ input: child.stdout })) onLine(line);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`kcat ended with ${code}: ${Buffer.concat(errors).toString()}`);
}
