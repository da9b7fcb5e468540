import fs from 'node:fs/promises';
import path from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** µs since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** Prints the functions of the newest CPU profile in a folder that took most time themselves, callees left out. */
export async function printProfile(folder: string, top = 25): Promise<void> {
  const files = (await fs.readdir(folder)).filter((file) => file.endsWith('.cpuprofile'));
  const times = await Promise.all(
    files.map(async (file) => [file, (await fs.stat(path.join(folder, file))).mtimeMs] as const),
  );
  const newest = times.sort(([, a], [, b]) => b - a)[0]?.[0];
  if (newest === undefined) return;
  const { nodes, samples, timeDeltas } = JSON.parse(
    await fs.readFile(path.join(folder, newest), 'utf8'),
  ) as Profile;
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || '(anonymous)'} ${path.basename(url)}${url === '' ? '' : `:${lineNumber + 1}`}`,
    ]),
  );
  const self = new Map<string, number>();
  samples.forEach((id, i) => {
    const name = names.get(id) ?? '?';
    self.set(name, (self.get(name) ?? 0) + (timeDeltas[i] ?? 0) / 1000);
  });
  const busy = [...self].filter(([name]) => !name.startsWith('(idle)')).sort(([, a], [, b]) => b - a);
  const total = busy.reduce((sum, [, ms]) => sum + ms, 0);
  console.log(`self time in ${newest}, of ${total.toFixed(0)} ms that it was busy:`);
  for (const [name, ms] of busy.slice(0, top)) {
    console.log(`${ms.toFixed(0).padStart(8)} ms ${((100 * ms) / total).toFixed(1).padStart(5)} %  ${name}`);
  }
}
