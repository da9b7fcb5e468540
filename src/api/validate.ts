import type * as z from 'zod';
import { KafkaManagerError } from '../contract/errors';

/**
 * Checks what a request brought against a schema.
 * @throws KafkaManagerError VALIDATION_ERROR whose details name each field with the reason; never with the value
 */
export function validate<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const reasons = new Map<string, string>();
  for (const issue of result.error.issues.slice(0, 50)) {
    for (const [field, reason] of describe(issue)) {
      const earlier = reasons.get(field);
      reasons.set(field, earlier === undefined ? reason : `${earlier}; ${reason}`);
    }
  }
  const fields = [...reasons.keys()].map((field) => `"${field}"`).join(', ');
  throw new KafkaManagerError('VALIDATION_ERROR', `The request is not valid: ${fields}.`, {
    details: Object.fromEntries(reasons),
  });
}

/** Fields and reasons of one issue. Unknown fields are cut: their names are whatever the sender likes. */
function describe(issue: z.core.$ZodIssue): [string, string][] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, 20)
      .map((key) => [[...path, key.slice(0, 100)].join('.'), 'is not a field that is known here']);
  }
  return [[path.join('.').slice(0, 500) || 'body', issue.message]];
}
