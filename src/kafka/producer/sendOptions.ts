import { KafkaManagerError } from '../../contract/errors';
import type { ProduceOptions, ProduceRecord } from '../../core/kafkaTypes';
import type { SendOptions } from './pending';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_BATCH_BYTES = 512 * 1024;
/** Brokers take no larger batches unless told (max.message.bytes), and a smaller one is mostly header. */
const [MIN_BATCH_BYTES, MAX_BATCH_BYTES] = [1024, 1024 * 1024];
const MAX_LINGER_MS = 60_000;
/** What setTimeout can wait for. */
const MAX_TIMEOUT_MS = 0x7fff_ffff;

/**
 * Options with their defaults.
 * @throws KafkaManagerError VALIDATION_ERROR where they contradict each other or are out of range
 */
export function sendOptions(options: ProduceOptions): SendOptions {
  const { acks = -1, compression = 'none', timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { lingerMs = 0, batchBytes = DEFAULT_BATCH_BYTES } = options;
  const idempotent = options.idempotent ?? acks === -1;
  if (idempotent && acks !== -1) {
    throw invalid('idempotent', `An idempotent producer needs acks -1 (all), not ${acks}.`);
  }
  if (!(timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw invalid('timeoutMs', `The timeout must be 1 to ${MAX_TIMEOUT_MS} ms.`);
  }
  if (!(lingerMs >= 0 && lingerMs <= MAX_LINGER_MS)) {
    throw invalid('lingerMs', `A batch may linger 0 to ${MAX_LINGER_MS} ms.`);
  }
  if (!(Number.isSafeInteger(batchBytes) && batchBytes >= MIN_BATCH_BYTES && batchBytes <= MAX_BATCH_BYTES)) {
    throw invalid('batchBytes', `A batch holds ${MIN_BATCH_BYTES} to ${MAX_BATCH_BYTES} bytes.`);
  }
  return { acks, idempotent, compression, timeoutMs, lingerMs, batchBytes };
}

/** @throws KafkaManagerError VALIDATION_ERROR for what no partition or timestamp can be */
export function checkRecord({ partition, timestamp }: ProduceRecord): void {
  if (partition !== undefined && !(Number.isSafeInteger(partition) && partition >= 0)) {
    throw invalid('partition', 'The partition must be a whole number from 0 on.');
  }
  if (timestamp !== undefined && !(Number.isSafeInteger(timestamp) && timestamp >= -1)) {
    throw invalid('timestamp', 'The timestamp must be whole milliseconds since 1970, or -1 for none.');
  }
}

function invalid(field: string, message: string): KafkaManagerError {
  return new KafkaManagerError('VALIDATION_ERROR', message, { details: { field } });
}
