import { KafkaManagerError } from '../../contract/errors';
import type { ErrorCode } from '../../contract/errorTable';
import type { BrokerLaunchPlan } from '../../contract/supervisor';

const addressInUse = 'Address already in use';

/**
 * What the supervisor makes of lines that Kafka and the JVM print when they give up. An address in use that is not
 * that of the Kafka listener, host:port, is the controller's.
 */
export function logErrors(host: string, port: number): NonNullable<BrokerLaunchPlan['logErrors']> {
  return [
    { contains: `failed to bind to ${host}:${port}: ${addressInUse}`, code: 'PORT_IN_USE' },
    { contains: addressInUse, code: 'CLUSTER_START_FAILED' },
    ...otherLogErrors,
  ];
}

const otherLogErrors: NonNullable<BrokerLaunchPlan['logErrors']> = [
  { contains: 'Failed to acquire lock on file', code: 'DATA_DIRECTORY_IN_USE' },
  { contains: 'java.nio.channels.OverlappingFileLockException', code: 'DATA_DIRECTORY_IN_USE' },
  { contains: 'java.nio.file.AccessDeniedException', code: 'DATA_DIRECTORY_NOT_WRITABLE' },
  { contains: '(Permission denied)', code: 'DATA_DIRECTORY_NOT_WRITABLE' },
  { contains: 'Read-only file system', code: 'DATA_DIRECTORY_NOT_WRITABLE' },
  { contains: 'No space left on device', code: 'DATA_DIRECTORY_NOT_WRITABLE' },
  { contains: 'is not writable', code: 'DATA_DIRECTORY_NOT_WRITABLE' },
];

interface Known {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly message: (match: RegExpExecArray) => string;
  readonly remedy: string;
}

const knownFailures: readonly Known[] = [
  {
    pattern: /failed to bind to (\S+): Address already in use/,
    code: 'PORT_IN_USE',
    message: (match) => `The address ${match[1]!} of the controller is taken by another program.`,
    remedy: 'Start again: it gets another port each time.',
  },
  {
    pattern: /UnsupportedClassVersionError/,
    code: 'RUNTIME_UNAVAILABLE',
    message: () => 'This Kafka was made for a newer Java than the one that was found.',
    remedy: 'Install a newer Java, or name its folder in the setting for the Java home.',
  },
  {
    pattern: /OutOfMemoryError: (.*)/,
    code: 'CLUSTER_START_FAILED',
    message: (match) => `The broker ran out of memory (${match[1]!}).`,
    remedy:
      'Reset the data directory or use a Kafka of your own: the heap of a local broker is at most 512 MB.',
  },
  {
    pattern: /Could not reserve enough space|insufficient memory for the Java Runtime/,
    code: 'CLUSTER_START_FAILED',
    message: () => 'The system has too little free memory for the JVM.',
    remedy: 'Close other programs and start again.',
  },
  {
    pattern: /Could not find or load main class (\S+)/,
    code: 'RUNTIME_UNAVAILABLE',
    message: (match) => `The Kafka folder is incomplete: it lacks ${match[1]!}.`,
    remedy: 'Unpack the release anew, or leave the setting empty to have Kafka downloaded.',
  },
  {
    pattern:
      /Unrecognized metadata\.version|No MetadataVersion with feature level|Unknown metadata\.version/i,
    code: 'CLUSTER_START_FAILED',
    message: () => 'The data directory was written by a newer Kafka than this one.',
    remedy: 'Use that Kafka again, or another data directory.',
  },
  {
    pattern: /No `meta\.properties` found in (\S+)/,
    code: 'CLUSTER_START_FAILED',
    message: (match) =>
      `The data directory ${match[1]!} is not formatted, but another one of this profile is.`,
    remedy: 'Name directories of one cluster only, or choose empty ones.',
  },
  {
    pattern:
      /InconsistentClusterIdException|Invalid cluster\.id in|configured cluster\.id|cluster ID.* doesn't match/i,
    code: 'CLUSTER_START_FAILED',
    message: () => 'The data directories belong to different clusters.',
    remedy: 'Name directories of one cluster only, or choose an empty one.',
  },
  {
    pattern: /ConfigException: (.*)|IllegalArgumentException: requirement failed: (.*)/,
    code: 'INVALID_CONFIGURATION',
    message: (match) => `Kafka refuses its configuration: ${match[1] ?? match[2]!}`,
    remedy: "Correct the entry in the profile's properties.",
  },
];

/** Whether a start failed since another program took the controller's port just before the broker did. */
export function lostControllerPort(error: unknown): boolean {
  return isStartFailure(error) && logOf(error).includes(addressInUse);
}

/** A failed start with a reason that its log tells, in words for the user; any other error as it is. */
export function explainStartFailure(error: unknown): unknown {
  if (!isStartFailure(error)) return error;
  const text = logOf(error);
  for (const { pattern, code, message, remedy } of knownFailures) {
    const match = pattern.exec(text);
    if (match) {
      return new KafkaManagerError(code, message(match), {
        remedy,
        cause: error,
        ...(error.details ? { details: error.details } : {}),
      });
    }
  }
  return error;
}

function isStartFailure(error: unknown): error is KafkaManagerError {
  return error instanceof KafkaManagerError && error.code === 'CLUSTER_START_FAILED';
}

function logOf(error: KafkaManagerError): string {
  const log = error.details?.['last_log'];
  return Array.isArray(log) ? log.join('\n') : '';
}
