import { PermanentError } from './permanentError';
import { printableUrl } from './printableUrl';

/**
 * Where a redirect leads: to http or https, and from https only to https.
 * @throws PermanentError for any other place, without telling it
 */
export function redirectTarget(from: URL, location: string): URL {
  // Node's own error would carry the address it came from, with its credentials.
  if (!URL.canParse(location, from.href)) {
    throw new PermanentError(`${printableUrl(from)} redirects to what is not a URL`);
  }
  const next = new URL(location, from);
  const safe = from.protocol === 'https:' ? ['https:'] : ['http:', 'https:'];
  if (!safe.includes(next.protocol)) {
    throw new PermanentError(`${printableUrl(from)} redirects to ${next.protocol} which is not safe`);
  }
  return next;
}
