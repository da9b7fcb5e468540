import './goGlobals'; // must come before the runtime
import '../broker/wasm_exec.js';

/** The JavaScript half of Go's runtime, which wasm_exec.js puts into the global scope. */
export interface GoRuntime {
  argv: string[];
  env: Record<string, string>;
  exit: (code: number) => void;
  readonly importObject: object;
  /** Runs the program; resolves when it has ended. */
  run(instance: object): Promise<void>;
}

/** A runtime for one run of a Go program. */
export function createGoRuntime(): GoRuntime {
  const { Go } = globalThis as unknown as { Go: new () => GoRuntime };
  return new Go();
}
