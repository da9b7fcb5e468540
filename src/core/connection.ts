/** TLS of a connection; all PEM texts. `true` stands for the system's CAs and no client certificate. */
export interface TlsSettings {
  /** CA certificates in PEM; the system's where left out. */
  readonly ca?: string;
  /** Client certificate and its key in PEM, for mTLS. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** Name to verify in the certificate where it is not the host's. */
  readonly servername?: string;
  /** false accepts any certificate; for throw-away clusters only. */
  readonly rejectUnauthorized?: boolean;
}

export type SaslSettings =
  | {
      readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
      readonly username: string;
      readonly password: string;
    }
  | {
      /** Client-credentials grant (RFC 6749 §4.4) against a token endpoint, KIP-768. */
      readonly mechanism: 'OAUTHBEARER';
      readonly tokenEndpoint: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope?: string;
    };

/** All that is needed to connect. Secrets are in it: keep it out of logs and state. */
export interface ConnectionSettings {
  /** `host:port`, at least one. */
  readonly bootstrap: readonly string[];
  readonly tls?: TlsSettings | true;
  readonly sasl?: SaslSettings;
  /** Name that the broker sees; `local-kafka-manager` where left out. */
  readonly clientId?: string;
}
