import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import type { ApiKey } from './apiKey';

/** Where followers hold their connection. It takes their proof in place of the key, and is no part of the public API. */
export const FOLLOW_PATH = '/internal/follow';
/** Scheme of a follower's Authorization header; behind it its nonce, a dot and its proof. */
const FOLLOW_SCHEME = 'LKM-Follow';
/** Header with which a server proves itself once more to its follower. */
export const PROOF_HEADER = 'x-lkm-proof';
const FOLLOW_PATTERN = new RegExp(`^${FOLLOW_SCHEME} ([A-Za-z0-9_-]{32})\\.([A-Za-z0-9_-]{43})$`);

const ANSWER_MS = 1_500;
const MAX_ANSWER_BYTES = 64 * 1024;

const healthAnswer = z.object({ data: z.object({ proof: z.string() }) });

/** A server that has a port which we wanted. */
export interface Peer {
  readonly host: string;
  readonly port: number;
}

/**
 * Asks whoever listens there to prove that it knows our key and serves our scope (SECURITY S4). Only a fresh nonce is sent, and the proof
 * counts for that port alone, so nobody can pass the question on to the real one and its answer back to us.
 */
export async function isOurs(
  { host, port }: Peer,
  key: ApiKey,
  scope: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const nonce = newNonce();
  try {
    const time = AbortSignal.timeout(ANSWER_MS);
    const response = await get(
      { host, port },
      `/health?nonce=${nonce}`,
      {},
      signal ? AbortSignal.any([signal, time]) : time,
    );
    const answer = healthAnswer.safeParse(JSON.parse(await textOf(response)));
    return answer.success && key.isProof(answer.data.data.proof, nonce, port, scope);
  } catch {
    return false;
  }
}

/** The nonce of a request to follow, where its Authorization header proves that it knows the key; else undefined. */
export function followerNonce(
  authorization: string | undefined,
  key: ApiKey,
  port: number,
  scope: string,
): string | undefined {
  const [, nonce, proof] = FOLLOW_PATTERN.exec(authorization ?? '') ?? [];
  if (nonce === undefined || proof === undefined) return undefined;
  return key.isFollowerProof(proof, nonce, port, scope) ? nonce : undefined;
}

/**
 * Holds a connection to a peer that has proved itself, and answers when it has ended, whatever ended it. Nothing polls:
 * a peer that dies closes its sockets. This is another connection than that of `isOurs`, so both sides prove themselves
 * anew.
 */
export async function followPeer(peer: Peer, key: ApiKey, scope: string, signal: AbortSignal): Promise<void> {
  const nonce = newNonce();
  const authorization = `${FOLLOW_SCHEME} ${nonce}.${key.proveFollower(nonce, peer.port, scope)}`;
  try {
    const response = await get(peer, FOLLOW_PATH, { authorization }, signal);
    const proof = response.headers[PROOF_HEADER];
    if (typeof proof === 'string' && key.isProof(proof, nonce, peer.port, scope)) {
      response.resume();
      await once(response, 'close', { signal });
    }
    response.destroy();
  } catch {
    // Refused, broken or cancelled: there is nothing to follow any more, and the caller looks again.
  }
}

function newNonce(): string {
  return randomBytes(24).toString('base64url');
}

async function get(
  { host, port }: Peer,
  path: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const asked = request({ host, port, path, headers: { ...headers, host: authority }, agent: false, signal });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  // What comes after the headers may break off at any time.
  asked.on('error', () => {});
  response.on('error', () => {});
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
