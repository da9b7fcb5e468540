/** A failure that the same request will meet again: a setting that is wrong, an answer that is not acceptable. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}
