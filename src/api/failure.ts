import type { KafkaManagerError } from '../contract/errors';
import { errorTable } from '../contract/errorTable';
import type { FailureEnvelope } from '../contract/rest/envelope';

/** A failure, ready to be sent. */
export interface FailureReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: FailureEnvelope;
}

/** The one form of every failure of the REST API, whether guard, router or manager refused. */
export function failureReply(error: KafkaManagerError, requestId: string, now: number): FailureReply {
  const { status, type, sentence } = errorTable[error.code];
  return {
    status,
    headers: headersOf(error),
    body: {
      success: false,
      error: {
        code: error.code,
        // What is unexpected stays in the log: its text may hold anything.
        message: error.code === 'INTERNAL_ERROR' ? sentence : error.message,
        type,
        remedy: error.remedy,
        ...(error.details && error.code !== 'INTERNAL_ERROR' && { details: { ...error.details } }),
      },
      timestamp: new Date(now).toISOString(),
      requestId,
    },
  };
}

function headersOf(error: KafkaManagerError): Record<string, string> {
  if (error.code === 'UNAUTHORIZED') return { 'WWW-Authenticate': 'Bearer' };
  const wait = error.details?.['retry_after'];
  if (error.code === 'RATE_LIMITED' && typeof wait === 'number') return { 'Retry-After': String(wait) };
  const allow = error.details?.['allow'];
  if (error.code === 'METHOD_NOT_ALLOWED' && typeof allow === 'string') return { Allow: allow };
  return {};
}
