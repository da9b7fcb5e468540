/**
 * Number of the language between supervisor and clients; raised when a message changes its meaning. Apart from the
 * schemas in supervisor.ts, since the supervisor itself must not load zod.
 */
export const supervisorProtocol = 1;
