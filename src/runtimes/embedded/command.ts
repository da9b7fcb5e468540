import { join } from 'node:path';
import { CONFIG_VARIABLE } from './host/config';
import type { EmbeddedBrokerConfig } from './host/config';

/** How to start a process: `spawn(file, args, { env: { ...process.env, ...env } })`. */
export interface BrokerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The command that runs the embedded broker from `distDir`, the folder with `embeddedBroker.js` and
 * the wasm, packed or not. It prints one JSON line `{"ready":true,"host":…,"port":…}` on stdout when it serves, logs to
 * stderr, and ends cleanly on SIGTERM; see `EXIT` in host/exitCodes.ts for its exit codes.
 */
export function embeddedBrokerCommand(config: EmbeddedBrokerConfig, distDir: string): BrokerCommand {
  return {
    file: process.execPath,
    args: ['--liftoff-only', join(distDir, 'embeddedBroker.js')],
    // In VS Code process.execPath is Electron, which becomes a plain Node with this.
    env: { ELECTRON_RUN_AS_NODE: '1', [CONFIG_VARIABLE]: JSON.stringify(config) },
  };
}
