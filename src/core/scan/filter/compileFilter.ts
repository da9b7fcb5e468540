import type { RecordFilter } from '../query';
import { invalid } from '../validateQuery';
import { allOf } from './allOf';
import type { CompiledFilter } from './compiledFilter';
import { containsFilter } from './containsFilter';
import { headerFilter } from './headerFilter';
import { regexFilter } from './regexFilter';

/** Most filters in all, and how deep filters of the kind `all` can lie in each other. */
const MOST_FILTERS = 32;
const MOST_DEPTH = 4;

/** Quick kinds first, so that the slow ones see few records. */
const order: readonly RecordFilter['kind'][] = [
  'header',
  'contains',
  'regex',
  'all',
  'jsonPath',
  'expression',
];

/**
 * Makes a filter ready. A promise, since the languages of paths and expressions are loaded when they are first used.
 * @throws VALIDATION_ERROR naming what is wrong with it
 */
export async function compileFilter(filter: RecordFilter): Promise<CompiledFilter> {
  checkSize(filter);
  return compile(filter);
}

async function compile(filter: RecordFilter): Promise<CompiledFilter> {
  switch (filter.kind) {
    case 'contains':
      return containsFilter(filter);
    case 'regex':
      return regexFilter(filter);
    case 'header':
      return headerFilter(filter);
    case 'jsonPath':
      return (await import('./jsonPathFilter')).jsonPathFilter(filter);
    case 'expression':
      return (await import('./expressionFilter')).expressionFilter(filter);
    case 'all': {
      const sorted = filter.filters.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
      const [first, ...others] = await Promise.all(sorted.map(compile));
      if (!first) throw invalid('filter', 'At least one filter must be named.');
      return allOf([first, ...others]);
    }
  }
}

function checkSize(filter: RecordFilter): void {
  let count = 0;
  const visit = (one: RecordFilter, depth: number): void => {
    if (++count > MOST_FILTERS) throw invalid('filter', `${MOST_FILTERS} filters are possible at most.`);
    if (depth > MOST_DEPTH)
      throw invalid('filter', `Filters can lie ${MOST_DEPTH} deep in each other at most.`);
    if (one.kind === 'all') for (const inner of one.filters) visit(inner, depth + 1);
  };
  visit(filter, 0);
}
