import * as z from 'zod';

const id = z.string().regex(/^[a-z0-9-]{1,64}$/);
const name = z.string().trim().min(1).max(100);
const text = z.string().min(1);
const port = z.int().min(0).max(65_535);
/** `host:port`; an IPv6 address stands in brackets. */
export const bootstrapServer = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^\s:,[\]]+):\d{1,5}$/);

const managed = {
  id,
  name,
  /** Preferred port of the broker on 127.0.0.1; that of the settings where left out. */
  port: port.optional(),
  /** That of the settings where left out. */
  keepRunning: z.boolean().optional(),
};

/** SASL without its secret, which is in the SecretStore. */
export const savedSasl = z.discriminatedUnion('mechanism', [
  z.strictObject({ mechanism: z.literal(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']), username: text }),
  z.strictObject({
    mechanism: z.literal('OAUTHBEARER'),
    tokenEndpoint: z.string().regex(/^https?:\/\/\S+$/),
    clientId: text,
    scope: text.optional(),
  }),
]);

/** TLS with names of PEM files, which are read at each connect. */
export const savedTls = z.strictObject({
  caFile: text.optional(),
  certFile: text.optional(),
  keyFile: text.optional(),
  servername: text.optional(),
  /** false accepts any certificate; true where left out. */
  verify: z.boolean().optional(),
});

/** A cluster profile as it is kept, exported and imported: without secrets. */
export const savedProfileSchema = z.discriminatedUnion('runtime', [
  z.strictObject({ ...managed, runtime: z.literal('embedded') }),
  z.strictObject({
    ...managed,
    runtime: z.literal('java'),
    /** Those of the settings where left out. */
    kafkaHome: text.optional(),
    javaHome: text.optional(),
    /** Entries of server.properties that win over ours. */
    properties: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({
    id,
    name,
    runtime: z.literal('external'),
    bootstrap: z.array(bootstrapServer).min(1),
    tls: savedTls.optional(),
    sasl: savedSasl.optional(),
  }),
]);

export type SavedProfile = z.infer<typeof savedProfileSchema>;
export type SavedExternalProfile = Extract<SavedProfile, { runtime: 'external' }>;

/** What of a profile is secret. undefined leaves what is stored as it is, an empty text deletes it. */
export interface ProfileSecrets {
  /** Password of PLAIN and SCRAM, or client secret of OAUTHBEARER. */
  readonly sasl?: string | undefined;
  /** Passphrase of the client certificate's key. */
  readonly tlsPassphrase?: string | undefined;
}

/** An id for a new profile: its name in small letters and hyphens, with a number where that is taken. */
export function newProfileId(profileName: string, taken: ReadonlySet<string>): string {
  const base =
    profileName
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 56)
      .replace(/^-+|-+$/g, '') || 'cluster';
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(candidate)) return candidate;
  }
}
