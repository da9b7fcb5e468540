import { type Disposable, toDisposable } from '../../base/lifecycle';

/** The host's end of the channel to a worker thread. */
export interface WorkerPort {
  post(message: unknown): void;
  /** What the worker says, and its end: with an error where it crashed. After the end nothing is told any more. */
  listen(onMessage: (message: unknown) => void, onEnd: (error: Error | undefined) => void): Disposable;
  /** Ends the worker whatever it is doing. */
  terminate(): void;
}

/** The part of node:worker_threads' Worker that is used; core itself knows no threads. */
export interface ThreadWorker {
  postMessage(message: unknown): void;
  terminate(): Promise<number>;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'error' | 'messageerror', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
}

/** A worker thread as a port. */
export function workerPort(worker: ThreadWorker): WorkerPort {
  return {
    post: (message) => worker.postMessage(message),
    listen: (onMessage, onEnd) => {
      let listening = true;
      const end = (error: Error | undefined): void => {
        if (listening) onEnd(error);
        listening = false;
      };
      worker.on('message', (message) => {
        if (listening) onMessage(message);
      });
      worker.on('error', end);
      worker.on('messageerror', end);
      worker.on('exit', () => end(undefined));
      return toDisposable(() => (listening = false));
    },
    terminate: () => void worker.terminate(),
  };
}
