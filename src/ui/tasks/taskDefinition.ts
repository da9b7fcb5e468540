/** What a task of ours does, as tasks.json has it. */
export interface KafkaTask {
  readonly command: 'start' | 'stop';
  /** Name or id of a saved cluster; the active one where left out. */
  readonly cluster?: string;
}

/** Reads the definition of a task; a text says what is wrong with it. */
export function parseTask(definition: Readonly<Record<string, unknown>>): KafkaTask | string {
  const { command, cluster } = definition;
  if (command !== 'start' && command !== 'stop') return 'command';
  if (cluster === undefined) return { command };
  if (typeof cluster !== 'string' || cluster === '') return 'cluster';
  return { command, cluster };
}

/** The id of the cluster that a task names: an id counts before a name. */
export function clusterOf(
  wanted: string,
  profiles: readonly { readonly id: string; readonly name: string }[],
): string | undefined {
  const found = profiles.find(({ id }) => id === wanted) ?? profiles.find(({ name }) => name === wanted);
  return found?.id;
}
