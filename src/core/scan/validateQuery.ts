import { KafkaManagerError } from '../../contract/errors';
import type { ScanPosition, ScanQuery } from './query';

/** Checks what can be checked without asking Kafka. @throws VALIDATION_ERROR naming the field */
export function validateQuery(query: ScanQuery): void {
  if (query.topic === '') throw invalid('topic', 'The topic must not be empty.');
  if (query.partitions?.length === 0) {
    throw invalid('partitions', 'At least one partition must be named, or the field left out for all.');
  }
  for (const partition of query.partitions ?? []) wholeNumber('partitions', partition, 0);
  validateFrom(query);
  if (query.limit !== undefined) wholeNumber('limit', query.limit, 1);
  if (query.maxBytes !== undefined) wholeNumber('maxBytes', query.maxBytes, 1);
  if (query.to?.at === 'offset') offsets('to', query.to.offset);
  if (query.to?.at === 'time') wholeNumber('to', query.to.timestamp, 0);
}

function validateFrom(query: ScanQuery): void {
  const from = query.from;
  switch (from.at) {
    case 'last':
      wholeNumber('from', from.count, 1);
      return;
    case 'offset':
      offsets('from', from.offset);
      return;
    case 'time':
      wholeNumber('from', from.timestamp, 0);
      return;
    case 'position':
      if (from.position.topic !== query.topic) {
        throw invalid('from', `The position belongs to topic ${from.position.topic}, not to ${query.topic}.`);
      }
      samePartitions(query.partitions, from.position);
      if (query.direction && query.direction !== from.position.direction) {
        throw invalid(
          'from',
          `The position reads ${from.position.direction} first, the query ${query.direction} first.`,
        );
      }
      return;
    case 'beginning':
    case 'end':
      return;
  }
}

/** Partitions beside a position can only repeat it: a part of them would lose the rest for the pages after. */
function samePartitions(selected: readonly number[] | undefined, { partitions }: ScanPosition): void {
  if (!selected) return;
  const wanted = new Set(selected);
  const unselected = [...partitions.keys()].find((partition) => !wanted.has(partition));
  if (unselected !== undefined) {
    throw invalid('partitions', `The position reads partition ${unselected}, which is not selected.`);
  }
  const unread = selected.find((partition) => !partitions.has(partition));
  if (unread !== undefined) {
    throw invalid('partitions', `The position does not read partition ${unread}, which is selected.`);
  }
}

function offsets(field: string, given: number | ReadonlyMap<number, number>): void {
  for (const offset of typeof given === 'number' ? [given] : given.values()) wholeNumber(field, offset, 0);
}

function wholeNumber(field: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw invalid(field, `${field} must be a whole number of at least ${least}, not ${value}.`);
}

/** A VALIDATION_ERROR about one field of a query. */
export function invalid(field: string, message: string): KafkaManagerError {
  return new KafkaManagerError('VALIDATION_ERROR', message, { details: { field } });
}
