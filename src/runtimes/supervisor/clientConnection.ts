import type { Socket } from 'node:net';
import type { SupervisorAnswer, SupervisorMessage, SupervisorRequest } from '../../contract/supervisor';
import { supervisorProtocol } from '../../contract/supervisorProtocol';
import type { BrokerLog } from './brokerLog';
import { readJsonLines, toJsonLine } from './jsonLines';
import type { Hold } from './lease';
import { toFailure } from './launchError';
import { parseRequest } from './parseRequest';
import type { Supervisor } from './supervisor';

/** Bytes that may wait for a client that reads slowly; log lines beyond that are dropped for it. */
const maxWaitingBytes = 1_000_000;

/** One client of a supervisor: its part of the lease, its requests, and what it is told. */
export class ClientConnection {
  readonly #socket: Socket;
  readonly #supervisor: Supervisor;
  readonly #log: BrokerLog;
  readonly #hold: Hold;
  #followsLog = false;

  /** @param onClosed called once, when the connection has ended for whatever reason */
  constructor(
    socket: Socket,
    supervisor: Supervisor,
    log: BrokerLog,
    onClosed: (client: ClientConnection) => void,
  ) {
    this.#socket = socket;
    this.#supervisor = supervisor;
    this.#log = log;
    this.#hold = supervisor.lease.hold();
    // What went wrong with a socket changes nothing: the client has gone.
    socket.on('error', () => {});
    socket.once('close', () => {
      onClosed(this);
      this.#hold.lose();
    });
    socket.once('end', () => socket.destroy());
    readJsonLines(socket, (value) => void this.#receive(value));
    this.send({ type: 'hello', protocol: supervisorProtocol, pid: process.pid, state: supervisor.state });
  }

  send(message: SupervisorMessage): void {
    if (this.#socket.writable) this.#socket.write(toJsonLine(message));
  }

  sendLog(lines: readonly string[]): void {
    if (this.#followsLog && this.#socket.writableLength < maxWaitingBytes) this.send({ type: 'log', lines });
  }

  async #receive(value: unknown): Promise<void> {
    const request = parseRequest(value);
    if (!request) {
      this.#socket.destroy(new Error('a message is no request'));
      return;
    }
    try {
      this.send({ type: 'reply', id: request.id, answer: await this.#answer(request) });
    } catch (error) {
      this.send({ type: 'reply', id: request.id, error: toFailure(error) });
    }
  }

  async #answer(request: SupervisorRequest): Promise<SupervisorAnswer> {
    const supervisor = this.#supervisor;
    switch (request.type) {
      case 'start':
        return { state: await supervisor.start(request.plan) };
      case 'status':
        return { state: supervisor.state };
      case 'usage': {
        const usage = await supervisor.usage();
        return usage ? { usage } : {};
      }
      case 'logs':
        this.#followsLog = request.follow;
        return { lines: request.follow ? this.#log.newest() : [] };
      case 'stop':
        await supervisor.stop();
        return { state: supervisor.state };
      case 'release':
        if (request.keepRunning) supervisor.keepRunning();
        this.#hold.release();
        await supervisor.stopped();
        return {};
    }
  }
}
