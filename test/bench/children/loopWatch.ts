import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How long the event loop was held up. */
export interface LoopDelay {
  readonly maxMs: number;
  readonly p99Ms: number;
}

/** Watches the event loop from now on, every ms; the answer ends it. */
export function watchLoop(): () => LoopDelay {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  return () => {
    delay.disable();
    return { maxMs: delay.max / 1e6, p99Ms: delay.percentile(99) / 1e6 };
  };
}
