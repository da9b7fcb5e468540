/** The API keys that the broker answers; a test holds them against its ApiVersions. */
const known: ReadonlySet<number> = new Set([
  0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
  32, 33, 34, 35, 36, 37, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 57, 60, 61, 65, 66, 68, 69, 71, 72, 74, 75,
  76, 77, 78, 79, 90, 91, 92,
]);

/** Whether the broker has a handler for this API key. */
export function isKnownApiKey(key: number): boolean {
  return known.has(key);
}

/** All keys that {@link isKnownApiKey} is true for, ascending. */
export function knownApiKeys(): readonly number[] {
  return [...known];
}
