import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { Kafka, logLevel } from 'kafkajs';
import { embeddedBrokerCommand } from '../../../../../src/runtimes/embedded/command';
import type { EmbeddedBrokerConfig } from '../../../../../src/runtimes/embedded/host/config';
import { spawnTracked } from '../../../../support/real/children';
import { makeTempDir } from '../../../../support/real/tempDir';
import { until } from '../../../../support/until';

const source = fileURLToPath(new URL('../../../../../src/runtimes/embedded', import.meta.url));

/** Bundles the broker's process and unpacks its wasm, as esbuild.mjs does. Returns the folder. */
export async function bundleBroker(): Promise<string> {
  const dist = await makeTempDir('broker-dist');
  await build({
    entryPoints: { embeddedBroker: join(source, 'host/main.ts') },
    outdir: dist,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  writeFileSync(
    join(dist, 'kfake.wasm'),
    brotliDecompressSync(readFileSync(join(source, 'broker/kfake.wasm.br'))),
  );
  return dist;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A broker's process. */
export class BrokerProcess {
  port = 0;
  stdout = '';
  stderr = '';
  readonly exited: Promise<Exit>;
  private exit: Exit | undefined;
  private readonly child: ChildProcess;

  constructor(dist: string, config: EmbeddedBrokerConfig) {
    const { file, args, env } = embeddedBrokerCommand(config, dist);
    this.child = spawnTracked(file, args, { env: { ...process.env, ...env } });
    this.child.stdout?.on('data', (bytes: Buffer) => (this.stdout += bytes.toString()));
    this.child.stderr?.on('data', (bytes: Buffer) => (this.stderr += bytes.toString()));
    this.exited = new Promise((resolve) =>
      this.child.once('close', (code, signal) => {
        this.exit = { code, signal };
        resolve(this.exit);
      }),
    );
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get alive(): boolean {
    return this.exit === undefined;
  }

  /** Waits for the ready line; fails with what the process said if it ends first. */
  async ready(): Promise<this> {
    const line = await until(
      () => {
        if (!this.alive) return 'ended';
        return this.stdout.includes('\n') ? this.stdout : undefined;
      },
      { deadlineMs: 20_000, what: 'the broker to serve' },
    );
    if (line === 'ended') throw new Error(`the broker ended: ${this.stderr}`);
    this.port = (JSON.parse(line) as { port: number }).port;
    return this;
  }

  kill(signal: NodeJS.Signals): Promise<Exit> {
    this.child.kill(signal);
    return this.exited;
  }

  kafka(): Kafka {
    return new Kafka({
      brokers: [`127.0.0.1:${this.port}`],
      logLevel: logLevel.NOTHING,
      retry: { retries: 1, initialRetryTime: 50 },
      requestTimeout: 10_000,
    });
  }
}

/** A config for a broker of a test: a free port, and everything else as the extension has it. */
export function brokerConfig(
  dataDir: string,
  changes: Partial<EmbeddedBrokerConfig> = {},
): EmbeddedBrokerConfig {
  return {
    host: '127.0.0.1',
    port: 0,
    clusterId: 'test-cluster',
    dataDir,
    defaultPartitions: 1,
    dataCapBytes: 256 * 1024 * 1024,
    logLevel: 'info',
    ...changes,
  };
}
