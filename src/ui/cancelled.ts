/** The user closed a box or said no: a command ends there, without a word. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** The answer of a box. @throws Cancelled where it was closed */
export function answered<T>(value: T | undefined): T {
  if (value === undefined) throw new Cancelled();
  return value;
}
