import { topicNameProblem } from '../contract/topicName';

/** What a link into the editor may show. It only navigates: a web page can open it without being asked. */
export type DeepLink =
  | { readonly kind: 'topic'; readonly name: string }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'cluster'; readonly id: string };

/** Longest id of a group that is taken from a link; Kafka itself allows 32,767 bytes. */
const MAX_GROUP_LENGTH = 255;
// eslint-disable-next-line no-control-regex -- a group named in a link has none of them
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]/;

/**
 * Reads the path of a deep link, with its percent escapes resolved as VS Code does it: `/topic/NAME`, `/group/NAME` or
 * `/cluster/ID`. Everything else is undefined; query and fragment are not looked at.
 */
export function parseDeepLink(path: string): DeepLink | undefined {
  const [, kind = '', name = ''] = /^\/(topic|group|cluster)\/([^]+)$/.exec(path) ?? [];
  if (kind === 'topic' && topicNameProblem(name) === undefined) return { kind, name };
  if (kind === 'cluster' && /^[a-z0-9-]{1,64}$/.test(name)) return { kind, id: name };
  if (kind === 'group' && name.length <= MAX_GROUP_LENGTH && !CONTROL.test(name)) return { kind, name };
  return undefined;
}
