import { KafkaManagerError } from '../contract/errors';

/** One media range of an Accept header (RFC 9110 §12.5.1). */
interface Range {
  readonly type: string;
  readonly q: number;
}

/**
 * Picks what to answer with: the offer that Accept likes best, the first one of those it likes equally.
 * @throws KafkaManagerError NOT_ACCEPTABLE
 */
export function negotiate<T extends string>(accept: string | undefined, offers: readonly [T, ...T[]]): T {
  if (accept === undefined || accept.trim() === '') return offers[0];
  const ranges = accept.split(',', 64).map(parseRange);
  let best: T | undefined;
  let bestQuality = 0;
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges);
    if (quality > bestQuality) {
      best = offer;
      bestQuality = quality;
    }
  }
  if (best === undefined) {
    throw new KafkaManagerError('NOT_ACCEPTABLE', undefined, {
      remedy: `Ask for ${offers.join(' or ')}.`,
      details: { offers: [...offers] },
    });
  }
  return best;
}

function parseRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const quality = q === undefined ? 1 : Number(q);
  return { type, q: Number.isFinite(quality) ? Math.min(1, Math.max(0, quality)) : 0 };
}

/** Quality of the most specific range that fits: `a/b` before `a/*` before the one for all. */
function qualityOf(offer: string, ranges: readonly Range[]): number {
  const family = `${offer.split('/', 1)[0]}/*`;
  for (const wanted of [offer, family, '*/*']) {
    const found = ranges.find((range) => range.type === wanted);
    if (found) return found.q;
  }
  return 0;
}
