import { rm } from 'node:fs/promises';
import type { BrokerLaunchPlan, SupervisorErrorCode } from '../../contract/supervisor';
import { BrokerProcess } from './brokerProcess';
import { cancelled, LaunchError, sentenceOf } from './launchError';

/** What a launch needs from the supervisor. */
export interface LaunchHooks {
  /** Every line that the broker prints. */
  readonly onLines: (lines: readonly string[]) => void;
  /** A process has been spawned. The promise resolves when its end has been dealt with: only then may another follow. */
  readonly onSpawned: (broker: BrokerProcess) => Promise<void>;
  /** Newest lines of the log, for errors. */
  readonly lastLog: () => readonly string[];
  /** Notes of our own in the log. */
  readonly note: (message: string) => void;
  /** Aborted when somebody asks to stop meanwhile; the process itself is stopped by whoever aborts. */
  readonly signal: AbortSignal;
}

const defaultStartTimeoutMs = 60_000;

/**
 * Runs the plan until its broker listens.
 * @throws LaunchError why it does not; no process is left then
 */
export async function launch(plan: BrokerLaunchPlan, hooks: LaunchHooks): Promise<BrokerProcess> {
  try {
    return await attempt(plan, plan.args, hooks);
  } catch (error) {
    if (!plan.fallback || !(error instanceof LaunchError) || error.isExplained) throw error;
    hooks.note(`${error.message} Trying once more with the fallback of the plan.`);
    for (const file of plan.fallback.deleteFiles) await rm(file, { force: true });
    return attempt(plan, plan.fallback.args, hooks);
  }
}

async function attempt(
  plan: BrokerLaunchPlan,
  args: readonly string[],
  hooks: LaunchHooks,
): Promise<BrokerProcess> {
  if (isAborted(hooks.signal)) throw cancelled();
  let logged: SupervisorErrorCode | undefined;
  const broker = new BrokerProcess(plan, args, (lines) => {
    hooks.onLines(lines);
    for (const line of lines) logged ??= plan.logErrors?.find((known) => line.includes(known.contains))?.code;
  });
  const settled = broker.pid === undefined ? undefined : hooks.onSpawned(broker);

  const timeoutMs = plan.startTimeoutMs ?? defaultStartTimeoutMs;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, 'late');
  });
  const outcome = await Promise.race([broker.listening, broker.ended, late]);
  clearTimeout(timer);
  if (outcome === undefined) return broker;
  if (outcome === 'late') await broker.stop();
  await settled;
  if (outcome === 'late') {
    throw startFailed(`The broker did not listen within ${timeoutMs / 1000} s.`, hooks);
  }
  if (isAborted(hooks.signal)) throw cancelled();
  if (outcome.error) throw startFailed(`${plan.file} could not be run: ${outcome.error.message}.`, hooks);
  const code = plan.exitCodes?.[String(outcome.code)] ?? logged;
  if (code !== undefined) {
    throw new LaunchError({ code, message: sentenceOf(code, plan), lastLog: hooks.lastLog() });
  }
  const how = outcome.signal ?? `exit code ${outcome.code ?? 'unknown'}`;
  throw startFailed(`The broker ended before it listened (${how}).`, hooks);
}

/** A call, since the compiler takes a property for unchanged across an await. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function startFailed(message: string, hooks: LaunchHooks): LaunchError {
  const failure = { code: 'CLUSTER_START_FAILED', message, lastLog: hooks.lastLog() } as const;
  return new LaunchError(failure, false);
}
