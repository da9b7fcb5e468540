import type { IncomingMessage } from 'node:http';
import { KafkaManagerError } from '../contract/errors';

/**
 * Refuses browsers' pages of other origins (SECURITY S2): Origin must be our own, and Sec-Fetch-Site must be
 * same-origin, or none for a page that the user opened by hand. Clients that are no browsers send neither.
 * @throws KafkaManagerError FORBIDDEN
 */
export function checkOrigin(request: IncomingMessage): void {
  const { origin, host } = request.headers;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host?.toLowerCase()}`) {
    throw new KafkaManagerError('FORBIDDEN');
  }
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin') return;
  const openedByHand =
    site === 'none' && request.method === 'GET' && request.headers['sec-fetch-dest'] === 'document';
  if (!openedByHand) throw new KafkaManagerError('FORBIDDEN');
}
