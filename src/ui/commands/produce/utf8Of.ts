import { KafkaManagerError } from '../../../contract/errors';

/** Halves of characters have no UTF-8: encoders write U+FFFD for them, which would change the data without a word. */
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

/** The bytes of a text. @throws VALIDATION_ERROR where it holds half a character */
export function utf8Of(text: string): Buffer {
  if (!LONE_SURROGATE.test(text)) return Buffer.from(text, 'utf8');
  throw new KafkaManagerError('VALIDATION_ERROR', 'The text holds half a character (a lone surrogate).', {
    remedy: 'Correct it: Kafka would get another character than the one that was written.',
  });
}
