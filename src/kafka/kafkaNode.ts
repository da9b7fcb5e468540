import { withTimeout } from '../base/async';
import type { Disposable } from '../base/lifecycle';
import { KafkaManagerError } from '../contract/errors';
import type { ConnectionSettings } from '../core/connection';
import { Turn } from '../core/turn';
import { formatAddress } from './address';
import type { Address } from './address';
import { cancellable } from './cancellable';
import { connectionError, connectionFailure } from './connectionErrors';
import { Transport } from './internals';
import type { VersionRange } from './internals';
import { WireError } from './protocol/api';
import type { Api } from './protocol/api';
import { errorCode } from './protocol/errorCodes';
import { apiVersions } from './protocol/messages/apiVersions';
import type { ApiVersionsResponse } from './protocol/messages/apiVersions';
import { WireReader } from './protocol/wireReader';
import { WireWriter } from './protocol/wireWriter';
import { saslOptions } from './saslOptions';
import type { TokenProvider } from './saslOptions';
import { openSocket } from './tlsOptions';

/** Longest wait for an answer in ms where the caller names none. */
export const defaultTimeoutMs = 15_000;

/** Answers beyond this are decoded in turns, where that is possible: below it takes less than a few ms. */
const longAnswerBytes = 64 * 1024;

export interface CallOptions {
  /** Longest wait for the answer in ms; {@link defaultTimeoutMs} where left out. */
  readonly timeoutMs?: number;
  /** Keeps to a version that was made for what is asked, where newer ones mean something else. */
  readonly maxVersion?: number;
  /** The first version that knows what is asked, where older ones would take it for something else. */
  readonly minVersion?: number;
  /** Rejects at once when aborted; the answer is dropped when it comes. */
  readonly signal?: AbortSignal | undefined;
}

export interface NodeOptions {
  readonly settings: ConnectionSettings;
  /** For OAUTHBEARER. */
  readonly token: TokenProvider | undefined;
  /** Longest wait for a connection, handshakes and login included, in ms. */
  readonly connectTimeoutMs: number;
}

/** One broker: its sockets, its versions, and calls of any API. Reconnects by itself. */
export class KafkaNode implements Disposable {
  readonly address: Address;
  readonly #options: NodeOptions;
  readonly #transport: Transport;
  #versions: ReadonlyMap<number, VersionRange> = new Map();
  #features: ReadonlyMap<string, number> = new Map();
  #connecting: Promise<void> | undefined;
  #socketError: Error | undefined;

  constructor(address: Address, options: NodeOptions) {
    this.address = address;
    this.#options = options;
    const { settings } = options;
    this.#transport = new Transport({
      ...address,
      clientId: settings.clientId ?? 'local-kafka-manager',
      sasl: saslOptions(settings.sasl, options.token),
      // Ours, which covers all steps, is to ring first.
      connectTimeoutMs: options.connectTimeoutMs + 1_000,
      openSocket: (onConnect) => {
        this.#socketError = undefined;
        const socket = openSocket(address, settings.tls, onConnect);
        socket.once('error', (error) => (this.#socketError = error));
        return socket;
      },
    });
  }

  get isConnected(): boolean {
    return this.#transport.isConnected && this.#versions.size > 0;
  }

  /** Finalized features of the cluster with their levels, as this broker tells them; empty before Kafka 2.7. */
  get features(): ReadonlyMap<string, number> {
    return this.#features;
  }

  /** Versions of an API that this broker and we speak, up to `maxVersion`; undefined where there are none. */
  version(api: Api<never, unknown>, maxVersion = api.maxVersion): number | undefined {
    const theirs = this.#versions.get(api.key);
    if (!theirs) return undefined;
    const version = Math.min(api.maxVersion, theirs.maxVersion, maxVersion);
    return version >= Math.max(api.minVersion, theirs.minVersion) ? version : undefined;
  }

  /**
   * Connects, logs in and asks for the versions; callers at the same time share one attempt.
   * @param timeoutMs for this attempt; that of the node where left out
   * @throws KAFKA_CONNECTION_ERROR, KAFKA_TLS_ERROR, KAFKA_AUTHENTICATION_ERROR
   */
  connect(timeoutMs = this.#options.connectTimeoutMs): Promise<void> {
    if (this.isConnected) return Promise.resolve();
    this.#connecting ??= this.#connect(timeoutMs).finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  async #connect(timeoutMs: number): Promise<void> {
    const seconds = Math.round(timeoutMs / 100) / 10;
    const at = formatAddress(this.address);
    const late = (): Error =>
      connectionFailure('silent', this.address, `${at} did not answer within ${seconds} s.`, {
        remedy: 'Check that the port belongs to a Kafka broker, and look at its log.',
      });
    const steps = async (): Promise<void> => {
      await this.#transport.connect();
      const { apiKeys, finalizedFeatures } = await this.#askVersions();
      const versions = new Map(apiKeys.map(({ apiKey, ...range }) => [apiKey, range]));
      await this.#transport.authenticate(versions);
      this.#features = new Map(finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]));
      this.#versions = versions;
    };
    try {
      await withTimeout(steps(), timeoutMs, late);
    } catch (error) {
      const translated = this.#translate(error);
      this.#transport.drop(apiVersions.key, translated);
      throw translated;
    }
  }

  /** A broker that knows only older versions answers in version 0, with the code UNSUPPORTED_VERSION (KIP-511). */
  async #askVersions(): Promise<ApiVersionsResponse> {
    const request = { clientSoftwareName: 'local-kafka-manager', clientSoftwareVersion: '0.1' };
    let version = apiVersions.maxVersion;
    let bytes = await this.#send(apiVersions, request, version);
    if (bytes.length >= 2 && bytes.readInt16BE(0) === errorCode.UNSUPPORTED_VERSION) {
      version = 0;
      bytes = await this.#send(apiVersions, request, version);
    }
    return decodeAnswer(apiVersions, bytes, version);
  }

  /**
   * Sends one request and decodes the answer.
   * @throws UNSUPPORTED_BY_BROKER where both sides share no version, TIMEOUT, CANCELLED, KAFKA_CONNECTION_ERROR
   */
  async call<Request, Response>(
    api: Api<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    const version = await this.#prepare(api, options);
    const bytes = await this.#waitFor(this.#send(api, request, version), api, options);
    try {
      const isLong = api.decodeInTurns !== undefined && bytes.length > longAnswerBytes;
      return isLong ? await decodeLong(api, bytes, version) : decodeAnswer(api, bytes, version);
    } catch (error) {
      throw this.#unreadable(api, version, error);
    }
  }

  /** Sends a request that Kafka does not answer: Produce with acks 0. Resolves when it is on its way. */
  async send<Request>(
    api: Api<Request, unknown>,
    request: Request,
    options: CallOptions = {},
  ): Promise<void> {
    const version = await this.#prepare(api, options);
    const payload = encodeRequest(api, request, version);
    const sent = this.#transport.send({ name: api.name, key: api.key, version, payload, answered: false });
    await this.#waitFor(sent, api, options);
  }

  dispose(): void {
    const at = formatAddress(this.address);
    this.#transport.close(
      connectionFailure('closed', this.address, `The connection to ${at} was closed by us.`, {
        remedy: 'Connect again.',
      }),
    );
  }

  async #prepare(api: Api<never, unknown>, options: CallOptions): Promise<number> {
    if (!this.isConnected) await cancellable(this.connect(), options.signal);
    const version = this.version(api, options.maxVersion);
    const { minVersion = api.minVersion, maxVersion = api.maxVersion } = options;
    if (version !== undefined && version >= minVersion) return version;
    const theirs = this.#versions.get(api.key);
    const at = formatAddress(this.address);
    throw new KafkaManagerError(
      'UNSUPPORTED_BY_BROKER',
      theirs
        ? `The broker on ${at} speaks ${api.name} ${theirs.minVersion} to ${theirs.maxVersion}, we ${minVersion} to ${maxVersion}.`
        : `The broker on ${at} does not know ${api.name}.`,
      { details: { api: api.name } },
    );
  }

  async #send<Request>(api: Api<Request, unknown>, request: Request, version: number): Promise<Buffer> {
    const payload = encodeRequest(api, request, version);
    const bytes = await this.#transport.send({
      name: api.name,
      key: api.key,
      version,
      payload,
      answered: true,
    });
    return bytes!;
  }

  async #waitFor<T>(work: Promise<T>, api: Api<never, unknown>, options: CallOptions): Promise<T> {
    const { timeoutMs = defaultTimeoutMs, signal } = options;
    const late = (): Error => {
      const at = formatAddress(this.address);
      const error = new KafkaManagerError(
        'TIMEOUT',
        `${at} did not answer ${api.name} within ${timeoutMs} ms.`,
      );
      // Whoever comes next shall not queue behind a broker that hangs.
      this.#transport.drop(api.key, error);
      return error;
    };
    try {
      return await cancellable(withTimeout(work, timeoutMs, late), signal);
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): KafkaManagerError {
    if (error instanceof WireError) {
      const message = `The broker on ${formatAddress(this.address)} is too old for this: ${error.message}.`;
      return new KafkaManagerError('UNSUPPORTED_BY_BROKER', message, { cause: error });
    }
    return connectionError(error, this.#socketError, this.address, this.#options.settings);
  }

  #unreadable(api: Api<never, unknown>, version: number, cause: unknown): KafkaManagerError {
    const at = formatAddress(this.address);
    const message = `The answer of ${at} to ${api.name} ${version} can not be read.`;
    return new KafkaManagerError('KAFKA_ERROR', message, { details: { api: api.name }, cause });
  }
}

function encodeRequest<Request>(
  api: Api<Request, unknown>,
  request: Request,
  version: number,
): readonly Uint8Array[] {
  const writer = new WireWriter();
  // kafkajs writes request header 1; the tagged fields behind it make it header 2 (KIP-482).
  if (version >= api.flexibleFrom) writer.noTags();
  api.encode(writer, request, version);
  return writer.pieces;
}

function decodeAnswer<Response>(api: Api<never, Response>, bytes: Buffer, version: number): Response {
  const reader = answerReader(api, bytes, version);
  const answer = api.decode(reader, version);
  reader.end();
  return answer;
}

/** As {@link decodeAnswer}, in turns. */
async function decodeLong<Response>(
  api: Api<never, Response>,
  bytes: Buffer,
  version: number,
): Promise<Response> {
  const reader = answerReader(api, bytes, version);
  const answer = await api.decodeInTurns!(reader, version, new Turn());
  reader.end();
  return answer;
}

/** A reader behind the header of the answer. */
function answerReader(api: Api<never, unknown>, bytes: Buffer, version: number): WireReader {
  const reader = new WireReader(bytes);
  // The answer to ApiVersions has the old header in all versions, so that old clients can read it (KIP-511).
  if (version >= api.flexibleFrom && api.key !== apiVersions.key) reader.skipTags();
  return reader;
}
