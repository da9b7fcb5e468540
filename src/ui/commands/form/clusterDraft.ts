import type { ProfileSecrets, SavedExternalProfile, SavedProfile } from '../../../core/savedProfile';
import { splitBootstrap } from './bootstrapProblem';

/** How clients and brokers talk. */
export type Security = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
export type Mechanism = NonNullable<SavedExternalProfile['sasl']>['mechanism'];

/** What the boxes of Add and Edit Cluster hold. All texts as typed; an empty one is none. */
export interface ClusterDraft {
  readonly kind: SavedProfile['runtime'];
  readonly name: string;
  /** Port of a broker of ours; that of the settings where empty. */
  readonly port: string;
  readonly bootstrap: string;
  readonly security: Security;
  /** Whose signature makes a broker's certificate good. */
  readonly trust: 'system' | 'file' | 'anything';
  readonly caFile: string;
  readonly servername: string;
  readonly hasClientCertificate: boolean;
  readonly certFile: string;
  readonly keyFile: string;
  readonly passphrase: string;
  readonly mechanism: Mechanism;
  readonly username: string;
  /** Password or client secret. Empty keeps the stored one. */
  readonly secret: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly scope: string;
}

/** The draft that Add Cluster begins with. */
export const emptyDraft: ClusterDraft = {
  kind: 'external',
  name: '',
  port: '',
  bootstrap: '',
  security: 'PLAINTEXT',
  trust: 'system',
  caFile: '',
  servername: '',
  hasClientCertificate: false,
  certFile: '',
  keyFile: '',
  passphrase: '',
  mechanism: 'SCRAM-SHA-512',
  username: '',
  secret: '',
  tokenEndpoint: '',
  clientId: '',
  scope: '',
};

export function usesTls({ kind, security }: ClusterDraft): boolean {
  return kind === 'external' && (security === 'SSL' || security === 'SASL_SSL');
}

export function usesSasl({ kind, security }: ClusterDraft): boolean {
  return kind === 'external' && (security === 'SASL_PLAINTEXT' || security === 'SASL_SSL');
}

/** The draft that Edit Cluster begins with: all but the secrets. */
export function draftOf(profile: SavedProfile): ClusterDraft {
  const draft = { ...emptyDraft, kind: profile.runtime, name: profile.name };
  if (profile.runtime !== 'external') return { ...draft, port: profile.port?.toString() ?? '' };
  const { bootstrap, tls, sasl } = profile;
  const oauth = sasl?.mechanism === 'OAUTHBEARER' ? sasl : undefined;
  return {
    ...draft,
    bootstrap: bootstrap.join(', '),
    security: sasl ? (tls ? 'SASL_SSL' : 'SASL_PLAINTEXT') : tls ? 'SSL' : 'PLAINTEXT',
    trust: tls?.verify === false ? 'anything' : tls?.caFile === undefined ? 'system' : 'file',
    caFile: tls?.caFile ?? '',
    servername: tls?.servername ?? '',
    hasClientCertificate: tls?.certFile !== undefined,
    certFile: tls?.certFile ?? '',
    keyFile: tls?.keyFile ?? '',
    mechanism: sasl?.mechanism ?? draft.mechanism,
    username: sasl && sasl.mechanism !== 'OAUTHBEARER' ? sasl.username : '',
    tokenEndpoint: oauth?.tokenEndpoint ?? '',
    clientId: oauth?.clientId ?? '',
    scope: oauth?.scope ?? '',
  };
}

/** The profile to save. What the boxes do not show of the earlier one stays. */
export function profileOfDraft(draft: ClusterDraft, id: string, earlier?: SavedProfile): SavedProfile {
  const name = draft.name.trim();
  if (draft.kind !== 'external') {
    const port = draft.port.trim() === '' ? undefined : Number(draft.port);
    if (draft.kind === 'embedded') {
      return { ...(earlier?.runtime === 'embedded' && earlier), id, name, runtime: 'embedded', port };
    }
    return { ...(earlier?.runtime === 'java' && earlier), id, name, runtime: 'java', port };
  }
  return {
    id,
    name,
    runtime: 'external',
    bootstrap: splitBootstrap(draft.bootstrap),
    ...(usesTls(draft) && { tls: tlsOf(draft) }),
    ...(usesSasl(draft) && { sasl: saslOf(draft) }),
  };
}

/** What is secret: an empty box keeps what is stored, and what is no longer used is deleted. */
export function secretsOfDraft(draft: ClusterDraft): ProfileSecrets {
  const kept = (text: string): string | undefined => (text === '' ? undefined : text);
  return {
    sasl: usesSasl(draft) ? kept(draft.secret) : '',
    tlsPassphrase: usesTls(draft) && draft.hasClientCertificate ? kept(draft.passphrase) : '',
  };
}

/**
 * Whether the stored secret is one for this login. A password must not go to a token endpoint, nor a client secret to
 * another endpoint or to a broker, just since its box was left empty.
 */
export function keepsSecret(draft: ClusterDraft, earlier: SavedProfile | undefined): boolean {
  const sasl = earlier?.runtime === 'external' ? earlier.sasl : undefined;
  if (!sasl || !usesSasl(draft)) return false;
  if (sasl.mechanism !== 'OAUTHBEARER') return draft.mechanism !== 'OAUTHBEARER';
  return draft.mechanism === 'OAUTHBEARER' && draft.tokenEndpoint.trim() === sasl.tokenEndpoint;
}

function tlsOf(draft: ClusterDraft): NonNullable<SavedExternalProfile['tls']> {
  const { trust, caFile, servername, hasClientCertificate, certFile, keyFile } = draft;
  return {
    ...(trust === 'file' && { caFile: caFile.trim() }),
    ...(trust === 'anything'
      ? { verify: false }
      : servername.trim() !== '' && { servername: servername.trim() }),
    ...(hasClientCertificate && { certFile: certFile.trim(), keyFile: keyFile.trim() }),
  };
}

function saslOf(draft: ClusterDraft): NonNullable<SavedExternalProfile['sasl']> {
  const { mechanism, username, tokenEndpoint, clientId, scope } = draft;
  if (mechanism !== 'OAUTHBEARER') return { mechanism, username };
  return {
    mechanism,
    tokenEndpoint: tokenEndpoint.trim(),
    clientId,
    ...(scope.trim() !== '' && { scope: scope.trim() }),
  };
}
