import type { IncomingMessage } from 'node:http';
import { KafkaManagerError } from '../contract/errors';

/** `application/json`, with at most a charset of UTF-8. */
const JSON_TYPE = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?;?\s*$/i;

/** Whether a Content-Type header declares JSON in UTF-8. */
export function isJsonType(contentType: string | undefined): boolean {
  return contentType !== undefined && JSON_TYPE.test(contentType);
}

/** Whether the request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}

/**
 * Refuses a body that is not declared as JSON: a form of another page can't declare it without a preflight
 * (SECURITY S2). @throws KafkaManagerError UNSUPPORTED_MEDIA_TYPE
 */
export function checkMediaType(request: IncomingMessage): void {
  if (!hasBody(request)) return;
  if (!isJsonType(request.headers['content-type'])) throw new KafkaManagerError('UNSUPPORTED_MEDIA_TYPE');
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new KafkaManagerError('UNSUPPORTED_MEDIA_TYPE', 'A compressed body is not taken.', {
      remedy: 'Send it without Content-Encoding.',
    });
  }
}
