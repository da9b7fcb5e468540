import * as nodePath from 'node:path';
import { createFsShim } from './fsShim';

/** What wasm_exec.js leaves in the global scope: the JavaScript half of Go's runtime. */
export interface GoRuntime {
  argv: string[];
  env: Record<string, string>;
  exit: (code: number) => void;
  readonly importObject: object;
  /** Runs the program; resolves when it has ended. */
  run(instance: object): Promise<void>;
}

/**
 * Sets the globals that Go's runtime looks for, loads it, and makes one. Node 20 has `crypto`, `performance`
 * and the text coders of its own.
 */
export async function loadGoRuntime(): Promise<GoRuntime> {
  const scope = globalThis as unknown as Record<string, unknown>;
  scope['fs'] = createFsShim();
  scope['path'] = nodePath;
  await import('../broker/wasm_exec.js');
  return new (scope['Go'] as new () => GoRuntime)();
}
