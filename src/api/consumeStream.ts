import { abortable, delay } from '../base/async';
import { toManagerError } from '../contract/errors';
import type { ConsumedRecord } from '../core/kafkaTypes';
import type { RecordPages } from '../core/scan/readOn';
import type { ScanSummary } from '../core/scan/query';
import { failureReply } from './failure';
import { NDJSON_TYPE } from './route';
import { Turn } from '../core/turn';

/** How long the first page is waited for in ms, so that an early failure still has a status of its own. */
const FIRST_PAGE_MS = 1_000;
/** Characters after which lines are handed on, so that the lines of a page never are one enormous string. */
const CHUNK_CHARS = 512 * 1024;

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
        letGo(options);
      },
    },
    // Nothing is read ahead of a client that does not take it.
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { 'Content-Type': NDJSON_TYPE } });
}

/** Ends the reading, also where it stands still at a page, so that it lets go of its connection. */
function letGo({ cancel, pages }: StreamOptions): void {
  cancel();
  pages.return(NOTHING).catch(() => {});
}

/** Chunks of whole lines. However it ends, the reading has ended too. */
async function* linesOf(
  first: ReturnType<RecordPages['next']>,
  options: StreamOptions,
): AsyncGenerator<string, void> {
  const { pages, summary, heartbeatMs } = options;
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
        yield* chunksOf(next.value, options.line);
        pending = pages.next();
      }
    }
  } catch (error) {
    // Before the failure is handed out: its reader may never come for what follows.
    letGo(options);
    const { body } = failureReply(toManagerError(error), options.requestId, options.now());
    yield `${JSON.stringify(body)}\n`;
  } finally {
    letGo(options);
  }
}

/** The lines of a page in chunks of limited length. */
async function* chunksOf(
  records: readonly ConsumedRecord[],
  line: StreamOptions['line'],
): AsyncGenerator<string, void> {
  const turn = new Turn();
  let lines: string[] = [];
  let chars = 0;
  for (const record of records) {
    const text = line(record);
    // Two long lines can be too much for one string already.
    if (chars > 0 && chars + text.length > CHUNK_CHARS) {
      yield `${lines.join('\n')}\n`;
      lines = [];
      chars = 0;
    }
    lines.push(text);
    chars += text.length;
    if (turn.isOver) await turn.pass();
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
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
