import type { RecordFilter } from '../query';
import { invalid } from '../validateQuery';
import type { CompiledFilter } from './compiledFilter';
import { containsFilter } from './containsFilter';

/** Makes a filter ready. @throws VALIDATION_ERROR naming what is wrong with it */
export function compileFilter(filter: RecordFilter): CompiledFilter {
  switch (filter.kind) {
    case 'contains':
      return containsFilter(filter);
    case 'regex':
    case 'header':
    case 'jsonPath':
    case 'expression':
    case 'all':
      throw invalid('filter', `Filters of the kind ${filter.kind} are not known.`);
  }
}
