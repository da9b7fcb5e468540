import { Turn } from './turn';

/** The values of many items by their keys. Others get their turn: before, meanwhile and after. */
export async function mapInTurns<T, K, V>(
  items: readonly T[],
  keyOf: (item: T) => K,
  valueOf: (item: T) => V,
): Promise<Map<K, V>> {
  const map = new Map<K, V>();
  const turn = new Turn();
  // Whoever handed out the items has most likely just worked for long.
  await turn.pass();
  for (const item of items) {
    map.set(keyOf(item), valueOf(item));
    if (turn.isOverSoon()) await turn.pass();
  }
  await turn.pass();
  return map;
}
