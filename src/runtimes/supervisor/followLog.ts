import type { SupervisorClient } from './supervisorClient';

/** Lines that wait for a reader; of a slower one, the oldest are dropped. */
const maxWaitingLines = 10_000;

/** The newest lines of the broker's log, then each new one, until `signal` is aborted or the connection ends. */
export async function* followLog(client: SupervisorClient, signal: AbortSignal): AsyncGenerator<string> {
  let waiting: string[] = [];
  let wake: () => void = () => {};
  let ended = false;
  const end = (): void => {
    ended = true;
    wake();
  };
  const subscriptions = [
    client.onDidLog((lines) => {
      waiting.push(...lines);
      if (waiting.length > maxWaitingLines) waiting = waiting.slice(-maxWaitingLines);
      wake();
    }),
    client.onDidClose(end),
  ];
  signal.addEventListener('abort', end);
  try {
    if (signal.aborted) return;
    const newest = await client.followLogs();
    // What came before the answer is part of it.
    waiting = [...newest];
    for (;;) {
      const lines = waiting;
      waiting = [];
      for (const line of lines) {
        if (isAborted()) return;
        yield line;
      }
      if (waiting.length > 0) continue;
      if (hasEnded()) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener('abort', end);
    for (const subscription of subscriptions) subscription.dispose();
    client.unfollowLogs();
  }

  // Calls, since the compiler takes variables for unchanged across an await.
  function hasEnded(): boolean {
    return ended;
  }
  function isAborted(): boolean {
    return signal.aborted;
  }
}
