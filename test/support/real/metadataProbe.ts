import { connect } from 'node:net';

const METADATA = 3;
const VERSION = 1;
const CORRELATION = 7;

/** Metadata v1 for no topics at all; v1 is the oldest that tells the controller, and Kafka 3.9 and 4 answer it. */
function request(): Buffer {
  const clientId = Buffer.from('lkm-test-probe');
  const body = Buffer.alloc(10 + clientId.length + 4);
  body.writeInt16BE(METADATA, 0);
  body.writeInt16BE(VERSION, 2);
  body.writeInt32BE(CORRELATION, 4);
  body.writeInt16BE(clientId.length, 8);
  clientId.copy(body, 10);
  body.writeInt32BE(0, 10 + clientId.length);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

/** Brokers and the controller's id in a Metadata v1 answer (without its size). */
function parse(answer: Buffer): { brokers: number; controller: number } {
  if (answer.readInt32BE(0) !== CORRELATION) throw new Error('not the answer to our Metadata request');
  const brokers = answer.readInt32BE(4);
  let at = 8;
  const skipString = () => {
    const length = answer.readInt16BE(at);
    at += 2 + Math.max(0, length);
  };
  for (let i = 0; i < brokers; i++) {
    at += 4; // node id
    skipString(); // host
    at += 4; // port
    skipString(); // rack
  }
  return { brokers, controller: answer.readInt32BE(at) };
}

/**
 * True when the broker behind a plaintext listener answers Metadata with a broker and a controller.
 * Speaks the protocol by hand: the harness must not depend on the code that it tests.
 */
export async function answersMetadata(port: number, timeoutMs = 2000): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no Metadata answer in ${timeoutMs} ms`)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the broker closed the connection')));
    socket.once('connect', () => socket.write(request()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      try {
        const { brokers, controller } = parse(received.subarray(4));
        resolve(brokers > 0 && controller >= 0);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      socket.destroy();
    });
  });
}
