// The private parts of kafkajs 2.2.4 that internals.ts uses, and nothing else of them.

declare module 'kafkajs/src/network/connectionPool' {
  import type { Socket } from 'node:net';

  interface KafkajsLogger {
    namespace(): KafkajsLogger;
    debug(message: string): void;
    info(message: string): void;
    warn(message: string): void;
    error(message: string): void;
  }

  interface PoolOptions {
    host: string;
    port: number;
    clientId: string;
    /** Truthy: the socket factory is to make a TLS socket. */
    ssl: object | undefined;
    sasl: object | undefined;
    connectionTimeout: number;
    requestTimeout: number;
    enforceRequestTimeout: boolean;
    logger: KafkajsLogger;
    socketFactory: (options: { host: string; port: number; onConnect: () => void }) => Socket;
  }

  interface QueuedRequest {
    entry: {
      apiKey: number;
      apiName: string;
      apiVersion: number;
      correlationId: number;
      resolve: (answer: { payload: Buffer | null }) => void;
      reject: (error: Error) => void;
    };
    expectResponse: boolean;
    requestTimeout: number | null;
    sendRequest: () => void;
  }

  interface RequestQueue {
    pending: unknown[];
    throttledUntil: number;
    scheduleCheckPendingRequests(): void;
    /** Sends it now, or when the broker's throttling has ended. */
    push(request: QueuedRequest): void;
  }

  interface Connection {
    socket: Socket | undefined;
    requestQueue: RequestQueue;
    isConnected(): boolean;
    connect(): Promise<unknown>;
    isAuthenticated(): boolean;
    /** One at a time: callers that come meanwhile share it. */
    authenticate(): Promise<void>;
    failIfNotConnected(): void;
    nextCorrelationId(): number;
    rejectRequests(error: Error): void;
  }

  class ConnectionPool {
    constructor(options: PoolOptions);
    pool: Connection[];
    getConnection(index?: number): Promise<Connection>;
    setVersions(versions: Record<number, { minVersion: number; maxVersion: number }>): void;
    setSupportAuthenticationProtocol(supported: boolean): void;
  }

  // eslint-disable-next-line no-restricted-syntax -- how TypeScript sees a CommonJS module that is a class
  export default ConnectionPool;
}
