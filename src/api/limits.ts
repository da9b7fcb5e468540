/** Limits of the listener (SECURITY S9). Times in ms, sizes in bytes. */
export interface ApiLimits {
  /** Longest time for a request's headers to arrive. */
  readonly headersTimeoutMs: number;
  /** Longest time for a whole request, body included, to arrive. */
  readonly requestTimeoutMs: number;
  readonly maxHeaderBytes: number;
  /** Connections at the same time, over both addresses. */
  readonly maxConnections: number;
  readonly maxBodyBytes: number;
  /** Silence after which a stream says that it is still there. */
  readonly heartbeatMs: number;
  /** Wrong keys in a minute after which the next ones are answered with 429. */
  readonly maxKeyFailures: number;
  /** How long a refused body is still read, so that its sender gets the answer and not a reset. */
  readonly lingerMs: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 30_000,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 128,
  maxBodyBytes: 1024 * 1024,
  heartbeatMs: 15_000,
  maxKeyFailures: 10,
  lingerMs: 2_000,
};
