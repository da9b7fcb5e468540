import path from 'node:path';
import { delay } from '../base/async';
import { DisposableStore } from '../base/lifecycle';
import { escapeControl } from '../base/logger';
import type { ClusterStatus } from '../core/clusterStatus';
import type { ClusterProfile } from '../core/profile';
import type { Settings } from '../core/settings';
import { type Application, createApplication } from './application';
import { curlConfigFile, shellWord } from '../storage/curlConfig';
import { type HeadlessApi, openApi } from './openApi';
import { profileOf } from './profiles';
import type { Variables } from './environment';
import type { Report } from './report';
import { HELLO_TOPIC, roundTrip } from './roundTrip';
import { defaultStorageFolder, openStorageFolder } from '../storage/storageFolder';
import { TerminalLog } from './terminalLog';

/** Ctrl-C has to be over within 5 s; the supervisor ends what is left then. */
const stopDeadlineMs = 4500;

/** One run of the terminal entry: the cluster, the API, the round trip, and the end of it all. */
export class Session {
  readonly #app: Application;
  readonly #profile: ClusterProfile;
  readonly #storage: string;
  readonly #distDir: string;
  readonly #log: TerminalLog;
  readonly #report: Report;
  readonly #settings: Settings;
  readonly #store = new DisposableStore();
  #api: HeadlessApi | undefined;

  private constructor(
    parts: { app: Application; profile: ClusterProfile; storage: string; distDir: string; log: TerminalLog },
    settings: Settings,
    report: Report,
  ) {
    this.#app = parts.app;
    this.#profile = parts.profile;
    this.#storage = parts.storage;
    this.#distDir = parts.distDir;
    this.#log = parts.log;
    this.#settings = settings;
    this.#report = report;
  }

  /** Opens the storage folder and wires the managers; starts nothing. */
  static async open(settings: Settings, env: Variables, distDir: string, report: Report): Promise<Session> {
    const profile = await profileOf(settings);
    const storage = await openStorageFolder(settings.dataDir ?? defaultStorageFolder());
    const log = new TerminalLog(path.join(storage, 'logs'), settings.logLevel);
    const app = await createApplication({ settings, profile, storage, distDir, env, logger: log.logger });
    return new Session({ app, profile, storage, distDir, log }, settings, report);
  }

  /** Starts the broker and the API side by side, then makes the round trip through the API. */
  async start(): Promise<void> {
    const { clusters } = this.#app;
    this.#store.add(clusters.onDidProgress(({ message }) => this.#report.step(message)));
    const starting = clusters.start();
    // An API that fails to start must not leave the other promise without a listener.
    starting.catch(() => {});
    // Loading code blocks this thread; the broker's processes come up meanwhile, once they are spawned.
    await Promise.race([this.#firstStep(), starting.catch(() => {})]);
    await this.#app.preload();
    const api = (this.#api = await openApi({
      app: this.#app,
      storage: this.#storage,
      port: this.#settings.apiPort,
      scope: this.#profile.id,
      docsDir: path.join(this.#distDir, 'docs'),
      logger: this.#log.logger,
      report: this.#report,
    }));
    const status = await starting;
    const pid = status.pid === undefined ? '' : `, process ${status.pid}`;
    this.#report.step(`Kafka is ready: ${status.version ?? ''} at ${addressOf(status)}${pid}`);
    this.#store.add(clusters.onDidChangeStatus((now) => this.#tellChange(now)));
    await roundTrip(api, (text) => this.#report.step(text));
  }

  /** What a user needs from here on. */
  printUse(): void {
    const url = this.#api?.url ?? '';
    const curl = `curl -K ${shellWord(curlConfigFile(this.#storage))}`;
    this.#report.line();
    this.#report.line(`Kafka     ${addressOf(this.#app.clusters.status())}`);
    this.#report.line(`REST API  ${url}  (docs: ${url}/docs, contract: ${url}/openapi.json)`);
    this.#report.line(`Try it    ${curl} '${url}/consume?topic=${HELLO_TOPIC}'`);
    this.#report.line(`Log       ${this.#log.file}`);
    this.#report.line(this.#goodbye());
  }

  /** Lets go of everything: a broker that no other terminal or window holds is stopped. */
  async close(): Promise<void> {
    const { clusters } = this.#app;
    const broker = clusters.broker();
    this.#store.dispose();
    // The API first: nobody should start what is just being stopped.
    const done = (this.#api?.close() ?? Promise.resolve()).then(() => clusters.releaseAll()).then(() => true);
    const inTime = await Promise.race([done, delay(stopDeadlineMs).then(() => false)]);
    this.#app.dispose();
    if (broker)
      this.#report.step(inTime ? this.#ended(broker.pid) : 'Still stopping: the supervisor ends it');
    await this.#log.close();
  }

  #goodbye(): string {
    if (this.#profile.runtime === 'external') return 'Ctrl-C ends the API; the cluster goes on.';
    if (this.#settings.keepRunning)
      return 'Ctrl-C ends the API; the broker keeps running until POST /cluster/stop.';
    return 'Ctrl-C stops it all.';
  }

  /** A broker that others hold, or that is to keep running, goes on. */
  #ended(pid: number | undefined): string {
    if (pid === undefined) return 'Left the cluster';
    try {
      process.kill(pid, 0);
      return `Left: the broker goes on as process ${pid}`;
    } catch {
      return 'Stopped';
    }
  }

  #firstStep(): Promise<void> {
    return new Promise((resolve) => {
      this.#store.add(this.#app.clusters.onDidProgress(() => resolve()));
    });
  }

  #tellChange(status: ClusterStatus): void {
    if (status.state === 'starting' || status.state === 'stopping') return;
    this.#report.step(`Cluster is ${status.state}${status.reason === undefined ? '' : `: ${status.reason}`}`);
    for (const line of status.lastLog?.slice(-10) ?? [])
      this.#report.line(`            ${escapeControl(line)}`);
    if (status.state !== 'failed') return;
    const curl = `curl -K ${shellWord(curlConfigFile(this.#storage))}`;
    this.#report.line(`            Start it again: ${curl} -X POST ${this.#api?.url ?? ''}/cluster/start`);
  }
}

function addressOf(status: ClusterStatus): string {
  return status.bootstrap?.join(',') ?? '';
}
