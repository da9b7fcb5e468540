import { delay } from '../../base/async';
import { findLeftBroker } from './brokerRecord';
import { connectEndpoint } from './endpoint';
import { spawnSupervisor } from './spawnSupervisor';

/** ms in which a broker that a supervisor ends has ended: its stop timeout and some more. */
const endWithinMs = 15_000;
const lookEveryMs = 50;

/**
 * Ends the broker of a supervisor that was killed: brings another supervisor, which ends what is left and then itself.
 * That one outlives this process, so that it does its work even where nobody waits here. Does nothing where no broker
 * is left, or a supervisor runs that somebody else has brought already.
 * @throws KafkaManagerError where no supervisor could be brought
 */
export async function endLostBroker(profileDir: string, distDir: string): Promise<void> {
  if (!(await findLeftBroker(profileDir))) return;
  const running = await connectEndpoint(profileDir);
  if (running) {
    running.on('error', () => {});
    running.destroy();
    return;
  }
  const { socket } = await spawnSupervisor(profileDir, distDir);
  socket.on('error', () => {});
  // A client that leaves without a word: nobody needs this supervisor but for what it does at its end.
  socket.destroy();
  const deadline = Date.now() + endWithinMs;
  while (Date.now() < deadline && (await findLeftBroker(profileDir))) await delay(lookEveryMs);
}
