import { statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { EmbeddedBrokerConfig } from './config';
import { EXIT, StartError } from './exitCodes';
import { createFiles } from './files';
import { Guard } from './guard';
import type { Budget } from './guard';
import type { Log } from './log';

/** Open client connections; Kafka clients use a handful each. */
export const MAX_CONNECTIONS = 1_000;

/** What the Go side is called for: listener_js.go. */
interface Broker {
  listening(error: string | null, port: number): void;
  /** False if too many connections wait. */
  connected(id: number, remote: string): boolean;
  /** Calls `pause` if no more should come until `resume`. */
  received(id: number, frame: Uint8Array): void;
  drained(id: number): void;
  gone(id: number): void;
}

interface Connection {
  readonly socket: Socket;
  readonly guard: Guard;
}

/** What the bridge tells the process around it. */
export interface BridgeEvents {
  /** The broker serves on `port`; `stop` asks it to end cleanly. */
  ready(port: number, stop: () => void): void;
  failed(error: StartError): void;
}

/**
 * The JavaScript half of the broker's network: `globalThis.lkmHost` for the Go program (host_js.go,
 * listener_js.go, conn_js.go). Holds the server socket and the connections.
 */
export class Bridge {
  private readonly connections = new Map<number, Connection>();
  private readonly budget: Budget = { bytes: 0 };
  private nextId = 1;
  private server: Server | undefined;
  private listenError: StartError | undefined;

  private readonly config: EmbeddedBrokerConfig;
  private readonly log: Log;
  private readonly events: BridgeEvents;

  constructor(config: EmbeddedBrokerConfig, log: Log, events: BridgeEvents) {
    this.config = config;
    this.log = log;
    this.events = events;
  }

  /** The functions that Go calls, each usable without `this`. */
  functions(): Record<string, unknown> {
    return {
      listen: (host: string, port: number, broker: Broker) => this.listen(host, port, broker),
      closeListener: () => this.server?.close(),
      write: (id: number, bytes: Uint8Array) => this.connections.get(id)?.socket.write(bytes) ?? true,
      end: (id: number) => this.connections.get(id)?.socket.end(),
      pause: (id: number) => this.connections.get(id)?.socket.pause(),
      resume: (id: number) => this.connections.get(id)?.socket.resume(),
      log: (level: string, line: string) => this.log(level, line),
      ready: (port: number, stop: () => void) => this.events.ready(port, stop),
      failed: (why: string) =>
        this.events.failed(
          this.listenError ?? new StartError(EXIT.failed, `The embedded broker could not start: ${why}`),
        ),
      diskSpace: () => this.diskSpace(),
      files: createFiles(),
    };
  }

  private listen(host: string, port: number, broker: Broker): void {
    const server = createServer({ noDelay: true }, (socket) => this.connected(socket, broker));
    this.server = server;
    server.once('error', (error: NodeJS.ErrnoException) => {
      this.listenError = new StartError(...listenFailure(error, host, port), { cause: error });
      broker.listening(error.message, 0);
    });
    server.listen(port, host, () => broker.listening(null, (server.address() as AddressInfo).port));
  }

  private connected(socket: Socket, broker: Broker): void {
    const id = this.nextId++;
    const remote = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`;
    socket.on('error', () => undefined);
    const refuse = (why: string): void => {
      this.log('WRN', `connection from ${remote} closed: ${why}`);
      socket.destroy();
    };
    if (this.connections.size >= MAX_CONNECTIONS || !broker.connected(id, remote)) {
      refuse(`more than ${MAX_CONNECTIONS} connections`);
      return;
    }
    const guard = new Guard((frame) => broker.received(id, frame), this.budget);
    this.connections.set(id, { socket, guard });
    socket.on('data', (bytes: Buffer) => {
      const fault = guard.push(bytes);
      if (fault !== undefined) refuse(fault);
    });
    socket.on('drain', () => broker.drained(id));
    socket.on('close', () => {
      guard.close();
      this.connections.delete(id);
      broker.gone(id);
    });
  }

  private diskSpace(): { total: number; usable: number } {
    try {
      const { bsize, blocks, bavail } = statfsSync(this.config.dataDir);
      return { total: bsize * blocks, usable: bsize * bavail };
    } catch {
      return { total: -1, usable: -1 };
    }
  }
}

function listenFailure(
  error: NodeJS.ErrnoException,
  host: string,
  port: number,
): [code: number, message: string] {
  if (error.code === 'EADDRINUSE') {
    return [
      EXIT.portInUse,
      `Port ${port} on ${host} is in use by another program. Stop that program, or choose another port.`,
    ];
  }
  return [EXIT.failed, `The embedded broker can't listen on ${host}:${port}: ${error.message}.`];
}
