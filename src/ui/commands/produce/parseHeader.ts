import type { RecordHeader } from '../../../core/kafkaTypes';

/**
 * A header as it is typed: `name: value`. A name without a colon has a null value; blanks around both don't count.
 * @returns undefined where there is no name
 */
export function parseHeader(text: string): RecordHeader | undefined {
  const colon = text.indexOf(':');
  const key = (colon < 0 ? text : text.slice(0, colon)).trim();
  if (key === '') return undefined;
  return { key, value: colon < 0 ? null : Buffer.from(text.slice(colon + 1).trim(), 'utf8') };
}
