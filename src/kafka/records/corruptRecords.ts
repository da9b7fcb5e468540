import { KafkaManagerError } from '../../contract/errors';

/** The error for a batch that can't be decoded; says where it is and why, never what is in it. */
export function corruptRecords(
  partition: number,
  offset: number,
  reason: string,
  cause?: unknown,
): KafkaManagerError {
  return new KafkaManagerError(
    'CORRUPT_RECORDS',
    `The record batch at offset ${offset} of partition ${partition} can't be decoded: ${reason}.`,
    { details: { partition, offset }, ...(cause === undefined ? {} : { cause }) },
  );
}
