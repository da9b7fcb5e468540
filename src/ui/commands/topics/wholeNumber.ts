/** The whole number that a text is, also with commas between its thousands; undefined for everything else. */
export function wholeNumber(text: string): number | undefined {
  const digits = text.trim();
  if (!/^(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})$/.test(digits)) return undefined;
  return Number(digits.replaceAll(',', ''));
}
