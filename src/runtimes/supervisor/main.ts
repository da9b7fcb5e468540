/*
 * Entry of dist/supervisor.js: `node supervisor.js <profile folder>`, started by spawnSupervisor.ts. File descriptor 3
 * is the connection of the client that spawned it, so that its plan is here before the endpoint is, and its first
 * answer needs no second connection.
 */
import { createServer, Socket } from 'node:net';
import path from 'node:path';
import type { SupervisorMessage } from '../../contract/supervisor';
import { BrokerLog } from './brokerLog';
import { ClientConnection } from './clientConnection';
import { claimEndpoint } from './endpoint';
import { toJsonLine } from './jsonLines';
import { Supervisor } from './supervisor';

/** Runs the supervisor of the folder until nobody needs it. */
async function main(profileDir: string, first: Socket): Promise<void> {
  const clients = new Set<ClientConnection>();
  const early: Socket[] = [];
  let accept = (socket: Socket): void => {
    socket.on('error', () => {});
    early.push(socket);
  };
  const server = createServer({ noDelay: true }, (socket) => accept(socket));

  // What the client has sent is read away: a socket that closes with unread bytes resets the connection, and our last
  // word would be lost. The client closes when it has read it.
  const answer = (message: SupervisorMessage): void => void first.resume().end(toJsonLine(message));
  first.on('error', () => {});
  let log: BrokerLog;
  try {
    if (!(await claimEndpoint(profileDir, server))) {
      answer({ type: 'taken' });
      return;
    }
    log = new BrokerLog(path.join(profileDir, 'broker.log'));
  } catch (error) {
    server.close();
    const message = `The supervisor can not work in ${profileDir}: ${String(error)}`;
    answer({ type: 'fatal', error: { code: 'DATA_DIRECTORY_NOT_WRITABLE', message } });
    return;
  }

  const supervisor = new Supervisor({
    profileDir,
    log,
    startTimer: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    onState: (state) => clients.forEach((client) => client.send({ type: 'state', state })),
    onLog: (lines) => clients.forEach((client) => client.sendLog(lines)),
    onDone: () => {
      server.close();
      // Answers that are given in this turn go out first: a socket writes at once what the system takes.
      setImmediate(() => process.exit(0));
    },
  });
  accept = (socket) => {
    // One that has closed already would never be seen to leave.
    if (!socket.destroyed)
      clients.add(new ClientConnection(socket, supervisor, log, (gone) => clients.delete(gone)));
  };
  [first, ...early].forEach(accept);
  supervisor.lease.review();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void supervisor.stop().then(() => process.exit(0)));
  }
}

// Whatever is made from here on is for this user only; the broker inherits it.
process.umask(0o077);
void main(process.argv[2] ?? '', new Socket({ fd: 3, readable: true, writable: true }));
