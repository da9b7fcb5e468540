import { commitGroups, createManyTopics } from '../support/real/manyTopics';
import type { BenchStage } from './stage';

/** The broker's topics and groups of the tree benchmarks, `count` of each; made where they are not there yet. */
export async function treeNames(stage: BenchStage, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, i) => `bench.tree.events-${String(i).padStart(5, '0')}`);
  const there = new Set((await stage.gateway.listTopics()).map(({ name }) => name));
  if (there.has(names.at(-1)!)) return names;
  await createManyTopics(stage.bootstrap, names);
  // Three topics each, so that a topic has three groups.
  const groups = names.map((_, i) => {
    const topics = [0, 1, 2].map((next) => names[(i + next) % count]!);
    return [
      `bench.tree.group-${String(i).padStart(5, '0')}`,
      new Map(topics.map((topic) => [topic, new Map([[0, 0]])])),
    ] as const;
  });
  await commitGroups(stage.bootstrap, new Map(groups));
  return names;
}
