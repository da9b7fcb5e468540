/** Marks it across bundles: each lazy chunk in dist/ carries its own copy of this class. */
const brand = Symbol.for('localKafka.cancelled');

/** The user closed a box or said no: a command ends there, without a word. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  readonly [brand] = true;

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** The answer of a box. @throws Cancelled where it was closed */
export function answered<T>(value: T | undefined): T {
  if (value === undefined) throw new Cancelled();
  return value;
}
