import * as z from 'zod';
import {
  consoleConnectionSchema,
  consoleFilterSchema,
  consoleHistogramSchema,
  consoleScanSchema,
  consoleTailSchema,
} from './consoleQuery';
import { type ErrorCode, errorTable } from './errorTable';

/** Most rows of one chunk. */
export const mostChunkRows = 1000;

const id = z.int().min(1);
const rowNumber = z.int().min(0);

/**
 * Host → worker. Each has an id and is answered by one `answer` or `failed` with it, `find` and `histogram` by `part`s
 * before that. A new read ends the one that runs.
 */
export const consoleRequestSchema = z.discriminatedUnion('type', [
  /** First of all, once. Answered when a broker has answered. */
  z.object({
    type: z.literal('open'),
    id,
    connection: consoleConnectionSchema,
    maxBytes: z.exactOptional(z.int().min(1)),
    maxRows: z.exactOptional(z.int().min(1)),
  }),
  /** Answered with the summary when the read has stopped. `keep`: its rows come behind those that are there. */
  z.object({ type: z.literal('scan'), id, query: consoleScanSchema, keep: z.boolean() }),
  z.object({ type: z.literal('tail'), id, query: consoleTailSchema, keep: z.boolean() }),
  /** Nothing is fetched while a read is paused; Kafka keeps what comes meanwhile. */
  z.object({ type: z.literal('pause'), id, paused: z.boolean() }),
  /** Ends another request: a read answers with its summary, others fail with CANCELLED. */
  z.object({ type: z.literal('cancel'), id, request: id }),
  /** Answered with a chunk of previews, see consoleRows.ts: of `count` rows from `from` on, or of these rows. */
  z.object({
    type: z.literal('rows'),
    id,
    rows: z.union([
      z.object({ from: rowNumber, count: z.int().min(0).max(mostChunkRows) }),
      z.array(rowNumber).max(mostChunkRows).readonly(),
    ]),
  }),
  /** Answered with a ConsoleRecord, or undefined where the row is not kept. */
  z.object({ type: z.literal('record'), id, row: rowNumber }),
  /** Searches the rows that are kept; the parts are row numbers. */
  z.object({
    type: z.literal('find'),
    id,
    filter: consoleFilterSchema,
    order: z.exactOptional(z.enum(['ascending', 'descending'])),
    from: z.exactOptional(rowNumber),
    to: z.exactOptional(rowNumber),
    limit: z.exactOptional(z.int().min(1)),
  }),
  z.object({ type: z.literal('histogram'), id, query: consoleHistogramSchema }),
]);

/** {@link consoleRequestSchema} */
export type ConsoleRequest = z.infer<typeof consoleRequestSchema>;

/** What a console is doing, told at most ten times a second while something changes. */
export const consoleStateSchema = z.object({
  /** Number of the oldest row that is kept, and of the row that comes next. */
  first: rowNumber,
  end: rowNumber,
  /** Rows that were dropped since there was no more room. */
  dropped: z.int(),
  /** Bytes that the kept rows take. */
  keptBytes: z.int(),
  /** Of the read that runs or was the last one. Bytes came over the wire. */
  scanned: z.int(),
  matched: z.int(),
  bytes: z.int(),
  elapsedMs: z.number(),
  reading: z.enum(['no', 'yes', 'paused']),
  /** Why the last read stopped; `failed` where it ended with an error. */
  stopReason: z.exactOptional(z.enum(['end', 'limit', 'max-bytes', 'cancelled', 'deadline', 'failed'])),
});

/** {@link consoleStateSchema} */
export type ConsoleState = z.infer<typeof consoleStateSchema>;

const problemSchema = z.object({ partition: z.int(), offset: z.int(), message: z.string() });

/** A failed request, as an error of the table. */
export const consoleFailureSchema = z.object({
  code: z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  remedy: z.string(),
  details: z.exactOptional(z.record(z.string(), z.unknown())),
});

/** {@link consoleFailureSchema} */
export type ConsoleFailure = z.infer<typeof consoleFailureSchema>;

/** Worker → host. What a value is, the request says; both sides come from the same build. */
export const consoleEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), state: consoleStateSchema }),
  /** A part of the topic could not be read; the read goes on. */
  z.object({ type: z.literal('problem'), problem: problemSchema }),
  z.object({ type: z.literal('part'), id, value: z.unknown() }),
  z.object({ type: z.literal('answer'), id, value: z.unknown() }),
  z.object({ type: z.literal('failed'), id, failure: consoleFailureSchema }),
]);

/** {@link consoleEventSchema} */
export type ConsoleEvent = z.infer<typeof consoleEventSchema>;

/** A whole record, with bytes of its own. */
export interface ConsoleRecord {
  readonly row: number;
  readonly partition: number;
  readonly offset: number;
  /** ms since 1970; -1 where it has none. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[];
}
