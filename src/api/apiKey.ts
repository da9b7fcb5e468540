import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Emitter, type Event } from '../base/event';
import type { Disposable } from '../base/lifecycle';
import type { SecretStore } from '../core/ports';

/** Where the key is kept in the SecretStore. */
export const API_KEY_SECRET = 'api.key';

const KEY_PATTERN = /^lkm_[A-Za-z0-9_-]{43}$/;
const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/**
 * The key of the REST API: 32 random bytes in base64url behind `lkm_` (SECURITY S5). All windows and terminals of a
 * user share it through the SecretStore.
 */
export class ApiKey implements Disposable {
  readonly #secrets: SecretStore;
  readonly #didRevoke = new Emitter<void>();
  #key: string;
  #digest: Buffer;

  private constructor(secrets: SecretStore, key: string) {
    this.#secrets = secrets;
    this.#key = key;
    this.#digest = digest(key);
  }

  /** Reads the key, or makes and stores one where there is none or a damaged one. */
  static async load(secrets: SecretStore): Promise<ApiKey> {
    const stored = await secrets.get(API_KEY_SECRET);
    if (stored !== undefined && KEY_PATTERN.test(stored)) return new ApiKey(secrets, stored);
    const key = newKey();
    const first = stored === undefined ? await secrets.create?.(API_KEY_SECRET, key) : undefined;
    // Of several processes that start at the same moment, one makes the key of all.
    if (first !== undefined && KEY_PATTERN.test(first)) return new ApiKey(secrets, first);
    await secrets.set(API_KEY_SECRET, key);
    return new ApiKey(secrets, key);
  }

  /** Fires when the former key no longer counts: its streams are to be ended. */
  get onDidRevoke(): Event<void> {
    return this.#didRevoke.event;
  }

  /** The key itself, for the discovery file. Never log it. */
  get value(): string {
    return this.#key;
  }

  /** Names the key in logs without telling it. */
  get id(): string {
    return this.#digest.toString('hex', 0, 4);
  }

  /** Compares in a time that does not depend on what was sent. */
  matches(candidate: string): boolean {
    return timingSafeEqual(digest(candidate), this.#digest);
  }

  /**
   * Makes a new key; the former one is refused from the moment this is called. Where the new one can't be stored, the
   * former one counts again, since it is what everybody else has.
   */
  async rotate(): Promise<void> {
    const [former, key] = [this.#key, newKey()];
    this.#adopt(key);
    try {
      await this.#secrets.set(API_KEY_SECRET, key);
    } catch (error) {
      this.#adopt(former);
      throw error;
    }
  }

  /** Reads the key again, after another window or terminal may have rotated it. */
  async refresh(): Promise<void> {
    const stored = await this.#secrets.get(API_KEY_SECRET);
    if (stored !== undefined && KEY_PATTERN.test(stored) && stored !== this.#key) this.#adopt(stored);
  }

  /**
   * Proves to whoever asked at `port` that this process knows the key, without telling it (SECURITY S4), and serves
   * `scope`: terminals of different clusters don't follow each other.
   */
  prove(nonce: string, port: number, scope = ''): string {
    return this.#mac(`lkm-health:${nonce}:${port}:${scope}`);
  }

  /**
   * Proves to the server at `port` that who asks to follow it knows the key. The port may have changed hands since that
   * server proved itself, so the key itself is never sent there (SECURITY S4).
   */
  proveFollower(nonce: string, port: number, scope = ''): string {
    return this.#mac(`lkm-follow:${nonce}:${port}:${scope}`);
  }

  /** Whether `proof` could only come from a follower that knows the key and means `port` and `scope`. */
  isFollowerProof(proof: string, nonce: string, port: number, scope = ''): boolean {
    return timingSafeEqual(digest(proof), digest(this.proveFollower(nonce, port, scope)));
  }

  /** Whether `proof` could only come from somebody who knows the key, listens on `port` and serves `scope`. */
  isProof(proof: string, nonce: string, port: number, scope = ''): boolean {
    return timingSafeEqual(digest(proof), digest(this.prove(nonce, port, scope)));
  }

  dispose(): void {
    this.#didRevoke.dispose();
  }

  #mac(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }

  #adopt(key: string): void {
    this.#key = key;
    this.#digest = digest(key);
    this.#didRevoke.fire();
  }
}

function newKey(): string {
  return `lkm_${randomBytes(32).toString('base64url')}`;
}
