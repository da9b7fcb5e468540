import type * as z from 'zod';
import { KafkaManagerError } from '../contract/errors';
import { Turn } from '../core/turn';

/** Reasons that are told at most: the rest helps nobody. */
const MAX_ISSUES = 50;
/** Entries of a list that are told at most. */
const MAX_ENTRIES = 20;

type Issue = z.core.$ZodIssue;

/**
 * Checks what a request brought against a schema.
 * @throws KafkaManagerError VALIDATION_ERROR whose details name each field with the reason; never with the value
 */
export function validate<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw refused(result.error.issues);
}

/**
 * Checks a long list entry by entry, so that others get their turn in between, and gives up after the 20th that is not
 * valid.
 * @param at field that the list is in
 * @throws KafkaManagerError VALIDATION_ERROR as `validate` does
 */
export async function validateEntries<S extends z.ZodType>(
  schema: S,
  entries: readonly unknown[],
  at: string,
): Promise<z.output<S>[]> {
  const turn = new Turn();
  const valid: z.output<S>[] = [];
  const issues: Issue[] = [];
  let bad = 0;
  for (const [i, entry] of entries.entries()) {
    const result = schema.safeParse(entry);
    if (result.success) {
      valid.push(result.data);
    } else {
      issues.push(...result.error.issues.map((issue) => ({ ...issue, path: [at, i, ...issue.path] })));
      if (++bad === MAX_ENTRIES) break;
    }
    if (turn.isOver) await turn.pass();
  }
  if (bad > 0) throw refused(issues);
  return valid;
}

function refused(issues: readonly Issue[]): KafkaManagerError {
  const reasons = new Map<string, string>();
  for (const issue of issues.slice(0, MAX_ISSUES)) {
    for (const [field, reason] of describe(issue)) {
      const earlier = reasons.get(field);
      reasons.set(field, earlier === undefined ? reason : `${earlier}; ${reason}`);
    }
  }
  const fields = [...reasons.keys()].map((field) => `"${field}"`).join(', ');
  return new KafkaManagerError('VALIDATION_ERROR', `The request is not valid: ${fields}.`, {
    details: Object.fromEntries(reasons),
  });
}

/** Fields and reasons of one issue. Unknown fields are cut: their names are whatever the sender likes. */
function describe(issue: Issue): [string, string][] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, 20)
      .map((key) => [[...path, key.slice(0, 100)].join('.'), 'is not a field that is known here']);
  }
  return [[path.join('.').slice(0, 500) || 'body', issue.message]];
}
