import type { SaslSettings } from '../core/connection';

/** Gives a token that is valid now; see OauthToken. */
export type TokenProvider = () => Promise<string>;

/** What kafkajs hands to an authentication provider of ours. */
interface AuthenticationProviderContext {
  saslAuthenticate<T>(exchange: {
    request: { encode: () => Promise<Buffer> };
    response: { decode: (bytes: Buffer) => Promise<Buffer>; parse: (bytes: Buffer) => Promise<T> };
  }): Promise<T>;
}

/** kafkajs' sasl object for our settings; a new one each time, since kafkajs writes to it. */
export function saslOptions(
  settings: SaslSettings | undefined,
  token: TokenProvider | undefined,
): object | undefined {
  if (settings === undefined) return undefined;
  if (settings.mechanism !== 'OAUTHBEARER') {
    const { mechanism, username, password } = settings;
    return { mechanism, username, password };
  }
  return {
    mechanism: settings.mechanism,
    authenticationProvider: (context: AuthenticationProviderContext) => ({
      authenticate: () => authenticateWithToken(context, token!),
    }),
  };
}

const prefixed = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/**
 * SASL/OAUTHBEARER (RFC 7628). kafkajs' own provider overlooks a refused token: the broker tells it as a success with a
 * JSON error in it, and waits for a single %x01 before it fails the authentication.
 */
async function authenticateWithToken(
  context: AuthenticationProviderContext,
  token: TokenProvider,
): Promise<void> {
  const exchange = (message: string): Promise<Buffer> =>
    context.saslAuthenticate({
      request: { encode: () => Promise.resolve(prefixed(Buffer.from(message))) },
      response: {
        decode: (bytes) => Promise.resolve(bytes.subarray(4)),
        parse: (bytes) => Promise.resolve(bytes),
      },
    });
  const answer = await exchange(`n,,\u0001auth=Bearer ${await token()}\u0001\u0001`);
  if (answer.length > 0) await exchange('\u0001');
}
