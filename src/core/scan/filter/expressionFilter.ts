import { Environment, EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import type { RecordFilter } from '../query';
import { invalid } from '../validateQuery';
import type { CompiledFilter } from './compiledFilter';
import { ExpressionRecord, recordFieldTypes } from './expressionRecord';
import { guardedFilter } from './rowFilter';

/** Longest expression in characters; how deep and large it can be inside is bounded by the library. */
export const MOST_EXPRESSION_LENGTH = 4_000;

/**
 * Records for which an expression in the Common Expression Language (https://cel.dev) over `record` is true; see
 * {@link ExpressionRecord} for what it knows. Where it can't be evaluated, as with a member that is not there, or is
 * neither true nor false, the record does not match.
 * @throws VALIDATION_ERROR where it is none, names something that is not there, or can't be true; with the place
 */
export function expressionFilter({ text }: Extract<RecordFilter, { kind: 'expression' }>): CompiledFilter {
  if (text.length > MOST_EXPRESSION_LENGTH) {
    throw invalid(
      'filter',
      `The expression has ${text.length} characters; ${MOST_EXPRESSION_LENGTH} are possible.`,
    );
  }
  const evaluate = compile(text);
  return guardedFilter(
    (rows, row) => {
      try {
        return evaluate({ record: new ExpressionRecord(rows, row) }) === true;
      } catch (error) {
        if (isOfRecord(error)) return false;
        throw error;
      }
    },
    () => true,
  );
}

/**
 * Whether an expression can't be evaluated for this record: the library says so, or a number or text of it is no BigInt or
 * no regular expression, or it is nested too deep.
 */
function isOfRecord(error: unknown): boolean {
  if (error instanceof EvaluationError || error instanceof CelTypeError) return true;
  return error instanceof SyntaxError || error instanceof RangeError;
}

function compile(text: string): (context: { record: ExpressionRecord }) => unknown {
  try {
    const parsed = environment().parse(text);
    const { valid, type, error } = parsed.check();
    if (!valid) throw error ?? new Error('it is not valid');
    if (type !== 'bool' && type !== 'dyn') {
      throw invalid('filter', `The expression must be true or false for a record; it is of type ${type}.`);
    }
    return parsed;
  } catch (error) {
    if (error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError) {
      const place = error.range ? `, at character ${error.range.start + 1}` : '';
      throw invalid('filter', `The expression can't be used: ${error.summary}${place}.`);
    }
    throw error;
  }
}

/** CEL with `record`, and with arithmetic between the doubles of JSON and whole numbers, for which CEL has no overload. */
function environment(): Environment {
  const cel = new Environment({ unlistedVariablesAreDyn: false, homogeneousAggregateLiterals: false });
  cel.registerType('Record', { ctor: ExpressionRecord, fields: recordFieldTypes });
  cel.registerVariable('record', 'Record');
  const operators: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  for (const [operator, run] of Object.entries(operators)) {
    cel.registerOperator(`double ${operator} int`, (a: number, b: bigint) => run(a, Number(b)));
    cel.registerOperator(`int ${operator} double`, (a: bigint, b: number) => run(Number(a), b));
  }
  cel.registerOperator('double % int', (a: number, b: bigint) => a % Number(b));
  return cel;
}
