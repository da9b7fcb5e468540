/** Most that are on their way at once. */
const mostAtOnce = 8;

/** As Promise.allSettled over the work for each item, but with at most 8 of them at a time. Never rejects. */
export async function settleEach<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly PromiseSettledResult<R>[]> {
  const results = new Array<PromiseSettledResult<R>>(items.length);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [i, item] of queue) {
      const [result] = await Promise.allSettled([work(item)]);
      results[i] = result;
    }
  };
  await Promise.all(Array.from({ length: Math.min(mostAtOnce, items.length) }, worker));
  return results;
}
