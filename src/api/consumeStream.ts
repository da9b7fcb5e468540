import { abortable, delay } from '../base/async';
import { toManagerError } from '../contract/errors';
import type { ConsumedRecord } from '../core/kafkaTypes';
import type { RecordPages } from '../core/scan/readOn';
import type { ScanSummary } from '../core/scan/query';
import { failureReply } from './failure';
import { NDJSON_TYPE } from './route';

/** How long the first page is waited for in ms, so that an early failure still has a status of its own. */
const FIRST_PAGE_MS = 1_000;

/** What a scan that nobody listens to any more returns. */
const NOTHING: ScanSummary = {
  stopReason: 'cancelled',
  scanned: 0,
  matched: 0,
  bytes: 0,
  elapsedMs: 0,
  position: { topic: '', direction: 'oldest', partitions: new Map() },
  problems: [],
};

export interface StreamOptions {
  readonly pages: RecordPages;
  /** One record as one line, without its end. */
  readonly line: (record: ConsumedRecord) => string;
  readonly summary: (summary: ScanSummary) => unknown;
  readonly signal: AbortSignal;
  /** Ends the reading when the client goes away. */
  readonly cancel: () => void;
  /** Silence in ms after which an empty line is sent. */
  readonly heartbeatMs: number;
  readonly requestId: string;
  readonly now: () => number;
}

/**
 * Answers records as lines of JSON while they are read. The last line is {"summary": …}, or the envelope of a failure
 * that came after the first records; a stream without either was cut off.
 */
export async function ndjsonResponse(options: StreamOptions): Promise<Response> {
  const { pages, signal } = options;
  const first = pages.next();
  try {
    await Promise.race([first, delay(FIRST_PAGE_MS, signal)]);
  } catch (error) {
    first.catch(() => {});
    options.cancel();
    throw error;
  }
  const lines = linesOf(first, options);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await lines.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      },
      cancel() {
        options.cancel();
        // Also where it stands still at a page, so that it lets go of its connection.
        pages.return(NOTHING).catch(() => {});
      },
    },
    // Nothing is read ahead of a client that does not take it.
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { 'Content-Type': NDJSON_TYPE } });
}

/** Chunks of whole lines. */
async function* linesOf(
  first: ReturnType<RecordPages['next']>,
  options: StreamOptions,
): AsyncGenerator<string, void> {
  const { pages, line, summary, heartbeatMs } = options;
  let pending = first;
  try {
    for (;;) {
      const next = await orSilence(pending, heartbeatMs);
      if (next === undefined) {
        yield '\n';
      } else if (next.done) {
        yield `${JSON.stringify({ summary: summary(next.value) })}\n`;
        return;
      } else {
        if (next.value.length > 0) yield `${next.value.map(line).join('\n')}\n`;
        pending = pages.next();
      }
    }
  } catch (error) {
    const { body } = failureReply(toManagerError(error), options.requestId, options.now());
    yield `${JSON.stringify(body)}\n`;
  }
}

/** The answer, or undefined when it did not come within `ms`. */
async function orSilence<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const timer = new AbortController();
  const silence = setTimeout(() => timer.abort(), ms);
  try {
    return await abortable(work, timer.signal);
  } catch (error) {
    if (timer.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(silence);
  }
}
