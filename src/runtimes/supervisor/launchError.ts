import type { BrokerLaunchPlan, SupervisorErrorCode, SupervisorFailure } from '../../contract/supervisor';
import { codeOf } from './codeOf';

/** Why a request to the supervisor failed, as its client is told. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
  readonly failure: SupervisorFailure;
  /** Whether exit code or log told the reason: then another try with the plan's fallback would not help. */
  readonly isExplained: boolean;

  constructor(failure: SupervisorFailure, isExplained = true) {
    super(failure.message);
    this.failure = failure;
    this.isExplained = isExplained;
  }
}

/** Somebody asked to stop meanwhile. */
export function cancelled(): LaunchError {
  return new LaunchError({ code: 'CANCELLED', message: 'The broker was stopped while it started.' });
}

/** What happened, in one sentence, for a code that a plan gave to an exit code or a line of the log. */
export function sentenceOf(code: SupervisorErrorCode, plan: BrokerLaunchPlan): string {
  const sentences: Partial<Record<SupervisorErrorCode, string>> = {
    PORT_IN_USE: `Port ${plan.port} is taken by another program.`,
    DATA_DIRECTORY_IN_USE: 'The data directory is used by another broker.',
    DATA_DIRECTORY_NOT_WRITABLE: 'The broker can not write its data directory.',
  };
  return sentences[code] ?? 'The broker did not start.';
}

/** Any error as the failure that a client is told; what the system says about files keeps its own code. */
export function toFailure(error: unknown): SupervisorFailure {
  if (error instanceof LaunchError) return error.failure;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'].includes(code)) {
    return {
      code: 'DATA_DIRECTORY_NOT_WRITABLE',
      message: `The profile's folder can not be written: ${message}`,
    };
  }
  return { code: 'INTERNAL_ERROR', message };
}
