import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../freePort';
import { until } from '../until';
import { SMALL_JVM, brokerProperties } from './brokerProperties';
import type { ExtraListener } from './brokerProperties';
import { spawnTracked } from './children';
import { formatStorage } from './formatStorage';
import type { ScramUser } from './formatStorage';
import type { KafkaDist } from './kafkaDist';
import { answersMetadata } from './metadataProbe';
import { makeTempDir, removeTempDir } from './tempDir';

/** Settings of {@link startJavaBroker}. */
export interface JavaBrokerOptions {
  /** Server properties, over those of the small broker. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly listeners?: readonly ExtraListener[];
  readonly scramUsers?: readonly ScramUser[];
  /** Instead of the flags of a small JVM; for measurements. */
  readonly jvmArgs?: readonly string[];
  /** Until the broker must have answered Metadata. */
  readonly deadlineMs?: number;
}

const LOG_LINES = 1000;
const START_DEADLINE_MS = 90_000;
const STOP_DEADLINE_MS = 30_000;

/** A real, single-node Apache Kafka (KRaft) on 127.0.0.1, with its data in a temporary folder. */
export class JavaBroker {
  readonly dist: KafkaDist;
  /** Holds server.properties and the data. */
  readonly folder: string;
  private readonly ports: ReadonlyMap<string, number>;
  private readonly options: JavaBrokerOptions;
  private child: ChildProcess | undefined;
  private readonly log: string[] = [];

  constructor(
    dist: KafkaDist,
    folder: string,
    ports: ReadonlyMap<string, number>,
    options: JavaBrokerOptions,
  ) {
    this.dist = dist;
    this.folder = folder;
    this.ports = ports;
    this.options = options;
  }

  /** Of the PLAINTEXT listener. */
  get bootstrap(): string {
    return this.bootstrapOf('PLAINTEXT');
  }

  get port(): number {
    return this.portOf('PLAINTEXT');
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  get running(): boolean {
    return this.child !== undefined && !hasEnded(this.child);
  }

  /** Of the running process. */
  get pid(): number {
    if (!this.running) throw new Error('the broker does not run');
    return this.child!.pid!;
  }

  bootstrapOf(listener: string): string {
    return `127.0.0.1:${this.portOf(listener)}`;
  }

  portOf(listener: string): number {
    const port = this.ports.get(listener);
    if (port === undefined) throw new Error(`the broker has no listener ${listener}`);
    return port;
  }

  /** The last lines of the broker's log, of all its starts. */
  logTail(lines = 40): string {
    return this.log.slice(-lines).join('\n');
  }

  /** Starts on the same ports and data; resolves when the broker has answered Metadata. */
  async start(): Promise<void> {
    if (this.running) return;
    const config = join(this.dist.home, 'config');
    const logging =
      this.dist.line === '4'
        ? `-Dlog4j2.configurationFile=${join(config, 'log4j2.yaml')}`
        : `-Dlog4j.configuration=file:${join(config, 'log4j.properties')}`;
    const jvm = this.options.jvmArgs ?? SMALL_JVM;
    const classPath = ['-cp', join(this.dist.libs, '*')];
    const server = ['kafka.Kafka', join(this.folder, 'server.properties')];
    const child = spawnTracked(this.dist.java, [...jvm, logging, ...classPath, ...server], {
      cwd: this.folder,
    });
    this.child = child;
    const failed: Error[] = [];
    child.once('error', (error) => failed.push(error));
    child.stdout.on('data', this.lineCollector());
    child.stderr.on('data', this.lineCollector());

    const ready = async (): Promise<boolean> => {
      if (failed.length > 0 || !this.running) return true;
      return answersMetadata(this.port);
    };
    try {
      const deadlineMs = this.options.deadlineMs ?? START_DEADLINE_MS;
      await until(ready, { deadlineMs, what: `Kafka ${this.dist.version} to answer Metadata` });
      if (failed[0]) throw failed[0];
      if (hasEnded(child)) throw new Error(`Kafka ${this.dist.version} ended while it started`);
    } catch (error) {
      await this.kill();
      throw new Error(`${(error as Error).message}; the end of its log:\n${this.logTail()}`, {
        cause: error,
      });
    }
  }

  /** Ends the broker as an administrator would (SIGTERM); keeps its data. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends the broker as a crash would (SIGKILL); keeps its data. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Ends the broker at once and removes its data. */
  async dispose(): Promise<void> {
    await this.kill();
    await removeTempDir(this.folder);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child || !this.running || child.pid === undefined) return;
    const exited = once(child, 'exit', { signal: AbortSignal.timeout(STOP_DEADLINE_MS) });
    child.kill(signal);
    try {
      await exited;
    } catch (error) {
      child.kill('SIGKILL');
      const what = `Kafka ${this.dist.version} did not end within ${STOP_DEADLINE_MS} ms of ${signal}`;
      throw new Error(`${what}; the end of its log:\n${this.logTail()}`, { cause: error });
    }
  }

  private lineCollector(): (chunk: Buffer) => void {
    let rest = '';
    return (chunk) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      this.log.push(...lines);
      if (this.log.length > LOG_LINES) this.log.splice(0, this.log.length - LOG_LINES);
    };
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Formats and starts a broker on ports that are free; ready means that it answered Metadata. */
export async function startJavaBroker(dist: KafkaDist, options: JavaBrokerOptions = {}): Promise<JavaBroker> {
  for (let attempt = 1; ; attempt++) {
    const broker = await prepare(dist, options);
    try {
      await broker.start();
      return broker;
    } catch (error) {
      const log = broker.logTail(1000);
      await broker.dispose();
      // Between the kernel's answer and the broker's bind, someone else may have taken a port.
      if (attempt === 3 || !/Address already in use|BindException/.test(log)) throw error;
    }
  }
}

async function prepare(dist: KafkaDist, options: JavaBrokerOptions): Promise<JavaBroker> {
  const listeners = options.listeners ?? [];
  const names = ['CONTROLLER', 'PLAINTEXT', ...listeners.map((listener) => listener.name)];
  const free = await freePorts(names.length);
  const ports = new Map(names.map((name, i) => [name, free[i]!]));
  const folder = await makeTempDir(`kafka-${dist.version}`);
  const broker = new JavaBroker(dist, folder, ports, options);
  const file = join(folder, 'server.properties');
  await writeFile(file, brokerProperties(dist, broker.dataDir, ports, listeners, options.properties ?? {}));
  await formatStorage(dist, broker.dataDir, file, options.scramUsers ?? []);
  return broker;
}
