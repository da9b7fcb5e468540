import type { IncomingMessage, ServerResponse } from 'node:http';
import { KafkaManagerError } from '../contract/errors';

/**
 * Reads a request's body, counting what really comes, whatever Content-Length says (SECURITY S9). What was read of a
 * body that is too large is dropped.
 * @param max in bytes
 * @throws KafkaManagerError PAYLOAD_TOO_LARGE, or MALFORMED_REQUEST where the client broke off
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  max: number,
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > max) throw tooLarge(max);
  // A client that asks whether its body is welcome is told only now.
  if (request.headers.expect !== undefined) response.writeContinue();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > max) {
        finish();
        request.pause();
        reject(tooLarge(max));
      } else {
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => {
      finish();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    };
    const onBroken = (cause?: Error): void => {
      finish();
      reject(new KafkaManagerError('MALFORMED_REQUEST', 'The body broke off.', { cause }));
    };
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

function tooLarge(max: number): KafkaManagerError {
  return new KafkaManagerError('PAYLOAD_TOO_LARGE', `The body is larger than ${max} bytes.`);
}
