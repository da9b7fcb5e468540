import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './children';
import { realPart } from './realPart';

/** A certificate with its private key (PKCS #8), both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What a secured broker and its clients show and trust; all made for one test run. */
export interface Certificates {
  /** The authority that the broker's certificate and `client` come from. */
  readonly ca: KeyPair;
  /** For localhost and 127.0.0.1. */
  readonly server: KeyPair;
  readonly client: KeyPair;
  /** An authority that the broker does not know, and a client of it: both must be refused. */
  readonly foreignCa: KeyPair;
  readonly foreignClient: KeyPair;
}

const CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n';
const SERVER =
  'basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n';
const CLIENT = 'basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n';

/** Makes all certificates with openssl in a folder, where their files also stay. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const openssl = await realPart('openssl.sh');
  const make = async (
    name: string,
    commonName: string,
    extensions: string,
    issuer?: string,
  ): Promise<KeyPair> => {
    const file = (suffix: string) => join(folder, `${name}.${suffix}`);
    const subject = ['-subj', `/O=Local Kafka Manager tests/CN=${commonName}`];
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('key')];
    await run(openssl, ['req', '-new', ...newKey, ...subject, '-out', file('csr')]);
    await writeFile(file('ext'), extensions);
    const signer =
      issuer === undefined
        ? ['-signkey', file('key')]
        : ['-CA', join(folder, `${issuer}.pem`), '-CAkey', join(folder, `${issuer}.key`), '-CAcreateserial'];
    const x509 = ['x509', '-req', '-in', file('csr'), '-days', '30', '-sha256', '-extfile', file('ext')];
    await run(openssl, [...x509, ...signer, '-out', file('pem')]);
    return { cert: await readFile(file('pem'), 'utf8'), key: await readFile(file('key'), 'utf8') };
  };
  // One after the other: whoever signs must exist, and the serial file of an authority is not shared.
  const ca = await make('ca', 'Test CA', CA);
  const server = await make('server', 'localhost', SERVER, 'ca');
  const client = await make('client', 'carol', CLIENT, 'ca');
  const foreignCa = await make('foreign-ca', 'Foreign CA', CA);
  const foreignClient = await make('foreign-client', 'mallory', CLIENT, 'foreign-ca');
  return { ca, server, client, foreignCa, foreignClient };
}
