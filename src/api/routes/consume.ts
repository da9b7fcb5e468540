import {
  consumeLineSchema,
  consumePageSchema,
  consumeQuerySchema,
  type ConsumeSummary,
  MAX_WAIT_MS,
} from '../../contract/rest/consume';
import type { ConsumedRecord } from '../../core/kafkaTypes';
import { encodePosition } from '../../core/scan/position';
import type { ScanSummary } from '../../core/scan/query';
import { toScanQuery } from '../consumeQuery';
import { ndjsonResponse } from '../consumeStream';
import { DEFAULT_LIMITS } from '../limits';
import { CLUSTER_ERRORS } from '../openapi';
import { recordJson } from '../recordOutput';
import { addRoute, type ApiApp, JSON_TYPE, NDJSON_TYPE } from '../route';
import type { ApiServices } from '../services';
import { Turn } from '../../core/turn';

/** Longest time of reading what is there, in ms; then the page is answered as far as it came. */
const READ_DEADLINE_MS = 20_000;

/** GET /consume: a page of JSON, or lines of JSON while it reads. */
export function addConsumeRoute(app: ApiApp, services: ApiServices): void {
  addRoute(
    app,
    services,
    {
      method: 'get',
      path: '/consume',
      id: 'consume',
      tag: 'Messages',
      summary: 'Read records of a topic, without a consumer group',
      description:
        'Nothing is committed and nobody is disturbed. With Accept: application/x-ndjson every record is a line as ' +
        'soon as it is read, empty lines are heartbeats, and the last line is {"summary": …} or a failure. ' +
        'Integers keep all their digits in both forms.',
      query: consumeQuerySchema,
      data: consumePageSchema,
      lines: consumeLineSchema,
      errors: [
        ...CLUSTER_ERRORS,
        'TOPIC_NOT_FOUND',
        'PARTITION_NOT_FOUND',
        'OFFSET_OUT_OF_RANGE',
        'MESSAGE_TOO_LARGE',
        'FILTER_TOO_SLOW',
      ],
      deadlineMs: READ_DEADLINE_MS + MAX_WAIT_MS + 5_000,
    },
    async ({ query, accepted, signal, requestId }) => {
      const scan = toScanQuery(query);
      const show = (record: ConsumedRecord): string =>
        recordJson(query.topic, record, { key: query.key_format, value: query.value_format });
      if (accepted === NDJSON_TYPE) {
        const gone = new AbortController();
        const both = AbortSignal.any([signal, gone.signal]);
        return ndjsonResponse({
          pages: services.messages.scan(query.cluster, scan, {
            waitMs: query.wait_ms ?? 0,
            deadlineMs: READ_DEADLINE_MS,
            signal: both,
          }),
          line: show,
          summary: summaryData,
          signal: both,
          cancel: () => gone.abort(),
          heartbeatMs: services.heartbeatMs ?? DEFAULT_LIMITS.heartbeatMs,
          requestId,
          now: () => services.clock.now(),
        });
      }
      const { records, summary } = await services.messages.read(query.cluster, scan, {
        signal,
        deadlineMs: READ_DEADLINE_MS,
        waitMs: query.wait_ms ?? 0,
      });
      return pageResponse(await recordsJson(records, show), records.length, summary, services.clock.now());
    },
  );
}

async function recordsJson(
  records: readonly ConsumedRecord[],
  show: (record: ConsumedRecord) => string,
): Promise<string> {
  const parts: string[] = [];
  const turn = new Turn();
  for (const record of records) {
    parts.push(show(record));
    if (turn.isOver) await turn.pass();
  }
  return parts.join(',');
}

function pageResponse(records: string, count: number, summary: ScanSummary, now: number): Response {
  const rest = JSON.stringify(summaryData(summary)).slice(1);
  const message = JSON.stringify(`${count} ${count === 1 ? 'record' : 'records'}.`);
  const timestamp = JSON.stringify(new Date(now).toISOString());
  const text = `{"success":true,"data":{"records":[${records}],${rest},"message":${message},"timestamp":${timestamp}}`;
  return new Response(text, { headers: { 'Content-Type': JSON_TYPE } });
}

function summaryData(summary: ScanSummary): ConsumeSummary {
  return {
    stop_reason: summary.stopReason,
    scanned: summary.scanned,
    matched: summary.matched,
    position: encodePosition(summary.position),
    problems: summary.problems.map(({ partition, offset, message }) => ({ partition, offset, message })),
  };
}
