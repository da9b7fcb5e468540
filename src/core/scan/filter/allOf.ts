import type { CompiledFilter } from './compiledFilter';

/** What all of the filters let through. The first one looks at everything, each other one at what is left. */
export function allOf(filters: readonly [CompiledFilter, ...CompiledFilter[]]): CompiledFilter {
  const [first, ...others] = filters;
  return {
    get sliceBytes() {
      return Math.min(...filters.map((filter) => filter.sliceBytes));
    },
    mayMatch: (section) => filters.every((filter) => filter.mayMatch(section)),
    select: (rows, from, to) =>
      others.reduce((left, filter) => filter.keep(rows, left), first.select(rows, from, to)),
    keep: (rows, candidates) => filters.reduce((left, filter) => filter.keep(rows, left), candidates),
  };
}
