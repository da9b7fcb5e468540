import { cp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { installVsix } from '../support/vscode/vsix';
import { until } from '../support/until';

/** What the event loop of the extension host and its tree views did between {@link HostProbe.begin} and `end`. */
export interface HostWatch {
  /** The longest that the loop was held up, ms, by whatever: on a busy machine by others too. */
  readonly loopMaxMs: number;
  /** The most CPU time that the loop's thread took in one stretch, ms. */
  readonly loopMaxCpuMs: number;
  /** Calls of getChildren: of which view, for what kind of node (`roots` at the top), and until it answered, ms. */
  readonly asked: readonly { readonly view: string; readonly node: string; readonly ms: number }[];
}

/** What a command took in the extension host. */
export interface CommandTimes {
  readonly wallMs: number;
  /** CPU time of the extensions' thread. */
  readonly threadCpuMs: number;
  /** CPU time of the whole process: garbage collection and compilation have threads of their own. */
  readonly cpuMs: number;
}

/** Puts the extension from the VSIX and the probe beside it into a new folder of extensions. */
export async function installWithProbe(extensionsDir: string): Promise<void> {
  await installVsix(extensionsDir);
  const probe = path.join(import.meta.dirname, 'probe');
  await cp(probe, path.join(extensionsDir, 'local-kafka-manager-tests.host-probe-1.0.0'), {
    recursive: true,
  });
}

/** The extension `test/bench/probe`, which runs in the extension host that the one under test runs in. */
export class HostProbe {
  readonly #file: string;

  /** @param file that PROBE_FILE in the server's environment names */
  constructor(file: string) {
    this.#file = file;
  }

  /** To be called before a window is opened anew: the former window's probe is not to be asked. */
  async forget(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  async begin(): Promise<void> {
    await this.#ask('begin');
  }

  async end(): Promise<HostWatch> {
    return (await this.#ask('end')) as HostWatch;
  }

  /** Runs a command; what it set going within `afterMs` after its end counts too. */
  async run(command: string, afterMs = 100): Promise<CommandTimes> {
    return (await this.#ask('run', { command, afterMs })) as CommandTimes;
  }

  /** Takes a CPU profile of the work, as a `.cpuprofile` file. */
  async profiled(file: string, work: () => Promise<unknown>): Promise<void> {
    await this.#ask('profile');
    await work();
    await this.#ask('profile', { file: path.resolve(file) });
  }

  async #ask(what: string, body: object = {}): Promise<unknown> {
    const port = await until(() => readFile(this.#file, 'utf8').catch(() => undefined), {
      deadlineMs: 20_000,
      what: 'the probe to be active',
    });
    const answer = await fetch(`http://127.0.0.1:${port}/${what}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the probe could not ${what}: ${text}`);
    return JSON.parse(text) as unknown;
  }
}
