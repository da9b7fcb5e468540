/** The items in slices of at most `size`, in their order. */
export function sliced<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const slices: (readonly T[])[] = [];
  for (let i = 0; i < items.length; i += size) slices.push(items.slice(i, i + size));
  return slices;
}
