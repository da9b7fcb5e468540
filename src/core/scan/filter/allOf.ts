import type { CompiledFilter } from './compiledFilter';

/** What all of the filters let through. The first one looks at everything, each other one at what is left. */
export function allOf(filters: readonly [CompiledFilter, ...CompiledFilter[]]): CompiledFilter {
  const [first, ...others] = filters;
  return {
    mayMatch: (section) => filters.every((filter) => filter.mayMatch(section)),
    select: (rows, from, to, direction) =>
      others.reduce(
        (run, filter) => filter.keep(rows, run, direction),
        first.select(rows, from, to, direction),
      ),
    keep: (rows, run, direction) => filters.reduce((left, filter) => filter.keep(rows, left, direction), run),
  };
}
