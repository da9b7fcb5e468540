import { BlockList, isIP } from 'node:net';
import { KafkaManagerError } from '../contract/errors';
import type { SaslSettings } from '../core/connection';

type OauthSettings = Extract<SaslSettings, { mechanism: 'OAUTHBEARER' }>;

/** Longest wait for the token endpoint in ms; connecting as a whole has 5 s. */
const timeoutMs = 2_500;
/** A token is not used any more this long before it expires, ms. */
const marginMs = 30_000;
/** Life of a token that names none, ms. */
const defaultLifeMs = 300_000;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

interface Token {
  readonly value: string;
  /** ms since 1970. */
  readonly usableUntil: number;
}

/**
 * Fetches access tokens by the client-credentials grant (RFC 6749 §4.4) and keeps one until shortly before it expires.
 * The token and the secret appear in no error and no log.
 */
export class OauthToken {
  readonly #settings: OauthSettings;
  readonly #endpoint: URL;
  readonly #now: () => number;
  #token: Token | undefined;
  #fetching: Promise<Token> | undefined;

  /** @throws VALIDATION_ERROR where the endpoint is no https URL (http is fine on this machine only) */
  constructor(settings: OauthSettings, now: () => number = Date.now) {
    this.#settings = settings;
    this.#endpoint = checkedEndpoint(settings.tokenEndpoint);
    this.#now = now;
  }

  /** A token that is valid for a while. @throws KAFKA_AUTHENTICATION_ERROR */
  async get(): Promise<string> {
    if (this.#token && this.#now() < this.#token.usableUntil) return this.#token.value;
    this.#fetching ??= this.#fetch().finally(() => (this.#fetching = undefined));
    this.#token = await this.#fetching;
    return this.#token.value;
  }

  async #fetch(): Promise<Token> {
    const { clientId, clientSecret } = this.#settings;
    // §2.3.1: every server knows Basic; some of the wild want both in the body instead.
    const basic = Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64');
    let response = await this.#post({}, { authorization: `Basic ${basic}` });
    if (response.status === 401) {
      response = await this.#post({ client_id: clientId, client_secret: clientSecret }, {});
    }
    const body = await readJson(response);
    if (!response.ok) {
      const why = typeof body['error'] === 'string' ? ` and the error "${body['error']}"` : '';
      throw this.#error(
        `The token endpoint ${this.#endpoint.href} answered with status ${response.status}${why}.`,
        response.status === 401 || response.status === 400
          ? 'Check the client id, the client secret and the scope.'
          : undefined,
      );
    }
    const value = body['access_token'];
    if (typeof value !== 'string' || value === '') {
      throw this.#error(
        `The token endpoint ${this.#endpoint.href} answered without an access_token.`,
        'Check that the URL is the token endpoint (often …/token), not the authorization endpoint.',
      );
    }
    const seconds = Number(body['expires_in']);
    const lifeMs = seconds > 0 ? seconds * 1000 : defaultLifeMs;
    // Short-lived tokens are kept for half of their life.
    return { value, usableUntil: this.#now() + Math.max(lifeMs - marginMs, lifeMs / 2) };
  }

  async #post(extra: Record<string, string>, headers: Record<string, string>): Promise<Response> {
    const { scope } = this.#settings;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scope === undefined ? {} : { scope }),
      ...extra,
    });
    try {
      return await fetch(this.#endpoint, {
        method: 'POST',
        headers: { accept: 'application/json', ...headers },
        body: form,
        redirect: 'error', // the secret goes to the named endpoint only
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (cause) {
      throw this.#error(
        `The token endpoint ${this.#endpoint.href} can not be reached.`,
        'Check the URL, the network and the proxy settings.',
        cause,
      );
    }
  }

  #error(message: string, remedy?: string, cause?: unknown): KafkaManagerError {
    return new KafkaManagerError('KAFKA_AUTHENTICATION_ERROR', message, {
      ...(remedy === undefined ? {} : { remedy }),
      details: { token_endpoint: this.#endpoint.href },
      cause,
    });
  }
}

function checkedEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) {
    throw new KafkaManagerError('VALIDATION_ERROR', `"${text}" can not be used as token endpoint.`, {
      remedy:
        'Give an https URL; plain http is accepted for this machine only, since the client secret travels there.',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new KafkaManagerError(
      'VALIDATION_ERROR',
      'The token endpoint must not carry a user name or password.',
    );
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  return host === 'localhost' || (family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4'));
}

/** application/x-www-form-urlencoded, as §2.3.1 wants it in front of Basic. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

async function readJson(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(await response.text());
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {}; // the callers complain about what is missing in it
  }
}
