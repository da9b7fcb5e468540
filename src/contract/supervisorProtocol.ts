/*
 * What the supervisor needs of its contract when it runs. Apart from the schemas in supervisor.ts, since loading zod
 * would cost it more than all the rest of its start.
 */

/** Number of the language between supervisor and clients; raised when a message changes its meaning. */
export const supervisorProtocol = 1;

/** Codes of the error table that a supervisor may answer with. */
export const supervisorErrorCodes = [
  'CLUSTER_START_FAILED',
  'CLUSTER_NOT_RUNNING',
  'PORT_IN_USE',
  'DATA_DIRECTORY_IN_USE',
  'DATA_DIRECTORY_NOT_WRITABLE',
  'CANCELLED',
  'VALIDATION_ERROR',
  'INTERNAL_ERROR',
] as const;
