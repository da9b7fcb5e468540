import { KafkaManagerError } from './errors';

/** Longest topic name in characters: a folder name of 255 less the `-NNNNN` suffix (Kafka's Topic.java). */
export const MAX_TOPIC_NAME_LENGTH = 249;

/** What Kafka allows in a topic name (Topic.LEGAL_CHARS); `.` and `..` alone are excluded by the lookahead. */
export const TOPIC_NAME_PATTERN = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;

/** Why `name` is no valid topic name, as a sentence, or undefined where it is one. */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'A topic name must not be empty.';
  if (name === '.' || name === '..') return `"${name}" is not allowed as a topic name.`;
  if (name.length > MAX_TOPIC_NAME_LENGTH) {
    return `A topic name has at most ${MAX_TOPIC_NAME_LENGTH} characters, this one has ${name.length}.`;
  }
  if (!TOPIC_NAME_PATTERN.test(name)) {
    return 'A topic name may only hold the characters A-Z a-z 0-9 . _ and -.';
  }
  return undefined;
}

/** @throws KafkaManagerError INVALID_TOPIC_NAME */
export function checkTopicName(name: string): void {
  const problem = topicNameProblem(name);
  if (problem !== undefined)
    throw new KafkaManagerError('INVALID_TOPIC_NAME', problem, { details: { name } });
}
