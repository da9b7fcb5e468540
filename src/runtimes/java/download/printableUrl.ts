/** A URL for messages and logs: without user, password, query and fragment, where secrets are kept. */
export function printableUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
