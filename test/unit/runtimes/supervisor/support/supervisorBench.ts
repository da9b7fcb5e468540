import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { build } from 'esbuild';
import type { BrokerLaunchPlan } from '../../../../../src/contract/supervisor';
import type { BrokerExit } from '../../../../../src/core/ports';
import { endLostBroker } from '../../../../../src/runtimes/supervisor/endLostBroker';
import { SupervisedBroker } from '../../../../../src/runtimes/supervisor/supervisedBroker';
import { SupervisorClient } from '../../../../../src/runtimes/supervisor/supervisorClient';
import { freePort } from '../../../../support/freePort';
import { spawnTracked } from '../../../../support/real/children';
import { makeTempDir, removeTempDir } from '../../../../support/real/tempDir';
import { until } from '../../../../support/until';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../../../../..');
const standIn = path.join(here, 'standInBroker.mjs');

/** Bundles the supervisor, the embedded broker and the client process as esbuild.mjs does; gives their folder. */
export async function bundleSupervisor(): Promise<string> {
  const dist = await makeTempDir('supervisor-dist');
  await build({
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    absWorkingDir: root,
    outdir: dist,
    entryPoints: {
      supervisor: 'src/runtimes/supervisor/main.ts',
      embeddedBroker: 'src/runtimes/embedded/host/main.ts',
      clientProcess: path.join(here, 'clientProcess.ts'),
    },
  });
  const compressed = readFileSync(path.join(root, 'src/runtimes/embedded/broker/kfake.wasm.br'));
  writeFileSync(path.join(dist, 'kfake.wasm'), brotliDecompressSync(compressed));
  return dist;
}

/** Whether the process runs; one that has ended and waits for its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)])
      .toString()
      .startsWith('Z');
  } catch {
    return false;
  }
}

export async function waitForEnd(pid: number, deadlineMs: number): Promise<void> {
  await until(() => !isRunning(pid), { deadlineMs, what: `the end of process ${pid}` });
}

/** Process id of the supervisor: the parent of its broker. */
export function parentOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)]).toString());
}

/** Supervisors and stand-in brokers whose command line holds the folder. */
export function processesOf(profileDir: string): number[] {
  const lines = execFileSync('ps', ['-ww', '-eo', 'pid=,stat=,args=']).toString().split('\n');
  return lines
    .filter((line) => line.includes(profileDir) && /supervisor\.js|standInBroker|embeddedBroker/.test(line))
    .filter((line) => !/^\s*\d+\s+Z/.test(line) && !line.includes('clientProcess'))
    .map((line) => Number(line.trim().split(' ')[0]));
}

/** How the broker ended; a broker that has ended already tells at once. */
export function exitOf(broker: SupervisedBroker): Promise<BrokerExit> {
  return new Promise((resolve) => broker.onDidExit(resolve));
}

/** One profile's folder and a port for its broker. */
export class Bench {
  readonly dist: string;
  readonly profileDir: string;
  readonly port: number;

  private constructor(dist: string, profileDir: string, port: number) {
    this.dist = dist;
    this.profileDir = profileDir;
    this.port = port;
  }

  static async make(dist: string): Promise<Bench> {
    return new Bench(dist, await makeTempDir('supervisor'), await freePort());
  }

  /** Fails where a process of this profile is left; ends it, so that it does not disturb the next test. */
  async clear(): Promise<void> {
    try {
      await until(() => processesOf(this.profileDir).length === 0, {
        deadlineMs: 5_000,
        what: 'no process left',
      });
    } finally {
      for (const pid of processesOf(this.profileDir)) process.kill(pid, 'SIGKILL');
      await removeTempDir(this.profileDir);
    }
  }

  /** A plan for the stand-in broker with a grace time of a second. */
  plan(flags: readonly string[] = [], more: Partial<BrokerLaunchPlan> = {}): BrokerLaunchPlan {
    return {
      file: process.execPath,
      args: [standIn, String(this.port), ...flags, `marker=${this.profileDir}`],
      env: {},
      cwd: this.profileDir,
      host: '127.0.0.1',
      port: this.port,
      version: 'stand-in',
      readyLine: 'listening',
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 3_000,
      graceMs: 1_000,
      commandLineMarker: this.profileDir,
      exitCodes: { 71: 'PORT_IN_USE' },
      ...more,
    };
  }

  /** The running broker by a client in this process: the one that is there, or a new one. */
  async ensure(plan: BrokerLaunchPlan = this.plan(), signal?: AbortSignal): Promise<SupervisedBroker> {
    const client = await SupervisorClient.ensure(this.profileDir, this.dist, plan, signal);
    assert.equal(client.state.state, 'listening');
    return new SupervisedBroker(client, client.state, () => endLostBroker(this.profileDir, this.dist));
  }

  /** A client in a process of its own. */
  async spawnClient(plan = this.plan(), env: NodeJS.ProcessEnv = process.env): Promise<ClientProcess> {
    const args = [path.join(this.dist, 'clientProcess.js'), this.profileDir, this.dist, JSON.stringify(plan)];
    const child = spawnTracked(process.execPath, args, { env });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    for await (const line of createInterface(child.stdout)) {
      const { pid, error } = JSON.parse(line) as { pid?: number; error?: string };
      if (pid === undefined) throw new Error(`${error ?? line}\n${await this.supervisorLog()}`);
      return {
        brokerPid: pid,
        kill: () => {
          child.kill('SIGKILL');
          return exited;
        },
        release: () => {
          child.stdin.end();
          return exited;
        },
      };
    }
    await exited;
    throw new Error(`the client process ended without a word: ${errors}`);
  }

  supervisorLog(): Promise<string> {
    return readFile(path.join(this.profileDir, 'supervisor.log'), 'utf8').catch(String);
  }

  /** Names in the profile's folder, without the endpoint's. */
  async files(): Promise<string[]> {
    const names = await readdir(this.profileDir);
    return names.filter((name) => !/^(supervisor-\d+|s-[0-9a-f]+)$/.test(name)).sort();
  }

  /** Has the stand-in broker log a line. */
  say(text: string): void {
    const socket = connect(this.port, '127.0.0.1', () => socket.end(`${text}\n`));
  }
}

export interface ClientProcess {
  readonly brokerPid: number;
  /** kill -9 */
  readonly kill: () => Promise<void>;
  readonly release: () => Promise<void>;
}
