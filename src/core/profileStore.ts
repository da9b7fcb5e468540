import { KafkaManagerError } from '../contract/errors';
import type { ConnectionSettings, SaslSettings, TlsSettings } from './connection';
import type { SecretStore, StateStore } from './ports';
import type { ProfileSecrets, SavedExternalProfile, SavedProfile } from './savedProfile';

/** Key of the saved profiles in the StateStore. */
export const PROFILES_KEY = 'profiles';

export interface ProfileStoreOptions {
  readonly state: StateStore;
  readonly secrets: SecretStore;
  /** Reads a PEM file as text. */
  readonly readFile: (file: string) => Promise<string>;
}

/** The saved cluster profiles: facts in the StateStore, secrets in the SecretStore, PEM in files of the user. */
export class ProfileStore {
  readonly #state: StateStore;
  readonly #secrets: SecretStore;
  readonly #readFile: (file: string) => Promise<string>;

  constructor(options: ProfileStoreOptions) {
    this.#state = options.state;
    this.#secrets = options.secrets;
    this.#readFile = options.readFile;
  }

  /** All that can be read; a damaged one is left out, so that it can't hide the others. */
  async list(): Promise<readonly SavedProfile[]> {
    const stored = await this.#stored();
    // Nothing saved yet is the common case of a first start: no schema is loaded for it.
    if (stored.length === 0) return [];
    return (await import('./profileChecks')).readableProfiles(stored);
  }

  /** Adds the profile, or replaces the one of its id, and stores its secrets. @throws VALIDATION_ERROR */
  async save(profile: SavedProfile, secrets: ProfileSecrets = {}): Promise<void> {
    const checked = (await import('./profileChecks')).checkProfile(profile);
    const stored = await this.#stored();
    const others = await this.list();
    if (others.some((other) => other.id !== checked.id && other.name === checked.name)) {
      throw new KafkaManagerError('VALIDATION_ERROR', `There is a cluster "${checked.name}" already.`, {
        remedy: 'Choose another name.',
      });
    }
    // Secrets first: a profile without its password would fail, a password without its profile harms nobody.
    await this.#setSecret(checked.id, 'sasl', secrets.sasl);
    await this.#setSecret(checked.id, 'tlsPassphrase', secrets.tlsPassphrase);
    const isKnown = stored.some((one) => idOf(one) === checked.id);
    await this.#state.set(
      PROFILES_KEY,
      isKnown ? stored.map((one) => (idOf(one) === checked.id ? checked : one)) : [...stored, checked],
    );
  }

  /** Forgets the profile and its secrets; the data of its broker stays. */
  async remove(id: string): Promise<void> {
    const stored = await this.#stored();
    await this.#state.set(
      PROFILES_KEY,
      stored.filter((one) => idOf(one) !== id),
    );
    await this.#setSecret(id, 'sasl', '');
    await this.#setSecret(id, 'tlsPassphrase', '');
  }

  /** All profiles as a text for a file: no secret is in it. */
  async exportText(): Promise<string> {
    return (await import('./profileChecks')).exportText(await this.list());
  }

  /**
   * Reads a text that exportText() made, and gives each cluster a free id and name; saves nothing.
   * @throws VALIDATION_ERROR with the place that is wrong
   */
  async parseImport(text: string): Promise<readonly SavedProfile[]> {
    return (await import('./profileChecks')).parseExport(text, await this.list());
  }

  /**
   * How to connect to an external cluster: reads its secrets and PEM files.
   * @param given secrets that are not stored yet, for a test of the connection
   * @throws VALIDATION_ERROR where a file or a secret is missing
   */
  async connectionOf(profile: SavedExternalProfile, given: ProfileSecrets = {}): Promise<ConnectionSettings> {
    const { bootstrap, tls, sasl } = profile;
    return {
      bootstrap,
      ...(tls && { tls: await this.#tls(profile, given) }),
      ...(sasl && { sasl: await this.#sasl(profile, sasl, given) }),
    };
  }

  /** Whether a secret of that name is stored for the profile; the secret itself is not told. */
  async hasSecret(id: string, name: keyof ProfileSecrets): Promise<boolean> {
    return (await this.#secrets.get(secretKey(id, name))) !== undefined;
  }

  /** All that is stored, also what a newer version has written and this one can't read: it is never lost. */
  async #stored(): Promise<readonly unknown[]> {
    const stored: unknown = await this.#state.get(PROFILES_KEY);
    return Array.isArray(stored) ? (stored as readonly unknown[]) : [];
  }

  async #tls({ id, tls = {} }: SavedExternalProfile, given: ProfileSecrets): Promise<TlsSettings> {
    const passphrase = given.tlsPassphrase ?? (await this.#secrets.get(secretKey(id, 'tlsPassphrase')));
    return {
      ...(tls.caFile !== undefined && { ca: await this.#pem('CA', tls.caFile) }),
      ...(tls.certFile !== undefined && { cert: await this.#pem('client certificate', tls.certFile) }),
      ...(tls.keyFile !== undefined && { key: await this.#pem('key', tls.keyFile) }),
      ...(passphrase !== undefined && passphrase !== '' && { passphrase }),
      ...(tls.servername !== undefined && { servername: tls.servername }),
      ...(tls.verify === false && { rejectUnauthorized: false }),
    };
  }

  async #sasl(
    profile: SavedExternalProfile,
    sasl: NonNullable<SavedExternalProfile['sasl']>,
    given: ProfileSecrets,
  ): Promise<SaslSettings> {
    const secret = given.sasl ?? (await this.#secrets.get(secretKey(profile.id, 'sasl')));
    if (secret === undefined || secret === '') {
      throw new KafkaManagerError(
        'VALIDATION_ERROR',
        `No ${sasl.mechanism === 'OAUTHBEARER' ? 'client secret' : 'password'} is stored for cluster "${profile.name}".`,
        { remedy: 'Edit the cluster and enter it: imported clusters come without secrets.' },
      );
    }
    if (sasl.mechanism !== 'OAUTHBEARER') return { ...sasl, password: secret };
    const { mechanism, tokenEndpoint, clientId, scope } = sasl;
    return {
      mechanism,
      tokenEndpoint,
      clientId,
      clientSecret: secret,
      ...(scope !== undefined && { scope }),
    };
  }

  async #pem(what: string, file: string): Promise<string> {
    try {
      return await this.#readFile(file);
    } catch (cause) {
      throw new KafkaManagerError(
        'VALIDATION_ERROR',
        `The file of the ${what}, "${file}", can not be read.`,
        {
          remedy: 'Name a readable PEM file.',
          cause,
        },
      );
    }
  }

  async #setSecret(id: string, name: keyof ProfileSecrets, value: string | undefined): Promise<void> {
    if (value !== undefined) await this.#secrets.set(secretKey(id, name), value === '' ? undefined : value);
  }
}

function idOf(stored: unknown): unknown {
  return typeof stored === 'object' && stored !== null && 'id' in stored ? stored.id : undefined;
}

function secretKey(id: string, name: keyof ProfileSecrets): string {
  return `cluster.${id}.${name}`;
}
