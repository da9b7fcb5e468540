import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How long the event loop was held up. */
export interface LoopDelay {
  readonly maxMs: number;
  readonly p99Ms: number;
  /**
   * Most CPU time of the process between two looks, which are 5 ms apart where nothing holds the loop up: what of maxMs
   * was work, on a machine that is busy with other things too. Work of V8's helper threads counts as well.
   */
  readonly maxCpuMs: number;
}

/** Asking for the CPU time costs some 20 µs, too much for each ms. */
const lookMs = 5;

/** Watches the event loop from now on, every ms; the answer ends it. */
export function watchLoop(): () => LoopDelay {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let last = process.cpuUsage();
  let maxCpuMs = 0;
  const turn = (): void => {
    const now = process.cpuUsage();
    maxCpuMs = Math.max(maxCpuMs, (now.user + now.system - last.user - last.system) / 1000);
    last = now;
  };
  const timer = setInterval(turn, lookMs);
  delay.enable();
  return () => {
    delay.disable();
    clearInterval(timer);
    return { maxMs: delay.max / 1e6, p99Ms: delay.percentile(99) / 1e6, maxCpuMs };
  };
}
