import path from 'node:path';
import type { Logger } from '../../base/logger';
import { KafkaManagerError } from '../../contract/errors';
import type { BrokerLaunchPlan } from '../../contract/supervisor';
import type { BrokerRuntime, RunningBroker, RuntimeCheck, StartProgress, StateStore } from '../../core/ports';
import type { ClusterProfile, JavaProfile } from '../../core/profile';
import { createManagedRuntime } from '../supervisor/managedRuntime';
import type { PlanContext } from '../supervisor/managedRuntimeOptions';
import { ArchiveMaker } from './archiveMaker';
import { ClassDataArchives, type ArchiveSubject } from './classDataArchives';
import { apacheSites, KafkaDistribution } from './download/kafkaDistribution';
import { JavaFinder } from './findJava';
import { JavaBroker } from './javaBroker';
import { explainStartFailure, lostControllerPort } from './javaFailure';
import { prepareJavaBroker } from './javaPreparation';
import { readKafkaHome, type KafkaHome } from './kafkaHome';

/** The Kafka that is downloaded where no folder is named. */
const downloadedKafka = '4.3.1';

export interface JavaRuntimeOptions {
  /** Folder of all that outlives the process: profiles, the downloaded Kafka, archives. */
  readonly storageDir: string;
  /** Folder that holds `supervisor.js`. */
  readonly distDir: string;
  readonly state: StateStore;
  readonly logger: Logger;
  /** Where JAVA_HOME, PATH and the proxy variables are read. */
  readonly env: NodeJS.ProcessEnv;
  /** Base address asked for Kafka before Apache's own sites; read at each download. */
  readonly mirror?: () => string | undefined;
  /** Proxy for the download, instead of the variables. */
  readonly proxy?: string;
}

/** Starts with a controller port of their own each. */
const maxControllerPorts = 3;

/** What a start has found out, for the work beside the running broker. */
interface Prepared extends ArchiveSubject {
  readonly archiveKey: string;
  readonly classList: string;
}

/** Apache Kafka as a local Java process. */
export class JavaRuntime implements BrokerRuntime {
  readonly kind = 'java';
  readonly #logger: Logger;
  readonly #cacheDir: string;
  readonly #finder: JavaFinder;
  readonly #distribution: KafkaDistribution;
  readonly #archives: ClassDataArchives;
  readonly #managed: BrokerRuntime;
  readonly #prepared = new Map<string, Prepared>();

  constructor(options: JavaRuntimeOptions) {
    const { storageDir, distDir, state, logger, env, mirror, proxy } = options;
    this.#logger = logger;
    this.#cacheDir = path.join(storageDir, 'java');
    this.#finder = new JavaFinder(state, env);
    this.#archives = new ClassDataArchives(path.join(this.#cacheDir, 'archives'));
    this.#distribution = new KafkaDistribution({
      ...{ env, proxy, folder: this.#cacheDir, version: downloadedKafka },
      mirrors: () => [mirror?.() ?? [], apacheSites].flat(),
      checksums: apacheSites,
    });
    this.#managed = createManagedRuntime<JavaProfile>({
      ...{ kind: 'java', storageDir, distDir, state, logger },
      check: (profile, signal) => this.#check(profile, signal),
      plan: (profile, context) => this.#plan(profile, context),
    });
  }

  check(profile: ClusterProfile, signal?: AbortSignal): Promise<RuntimeCheck> {
    return this.#managed.check(profile, signal);
  }

  async start(
    profile: ClusterProfile,
    progress: (step: StartProgress) => void,
    signal?: AbortSignal,
  ): Promise<RunningBroker> {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#wrap(profile, await this.#managed.start(profile, progress, signal));
      } catch (error) {
        if (attempt === maxControllerPorts || !lostControllerPort(error)) throw explainStartFailure(error);
        this.#logger.warn(`the controller's port of ${profile.id} was taken just before its start`);
      }
    }
  }

  attach(profile: ClusterProfile, signal?: AbortSignal): Promise<RunningBroker | undefined> {
    return this.#managed.attach(profile, signal);
  }

  stop(profile: ClusterProfile): Promise<void> {
    return this.#managed.stop(profile);
  }

  reset(profile: ClusterProfile): Promise<void> {
    return this.#managed.reset(profile);
  }

  #wrap(profile: ClusterProfile, broker: RunningBroker): RunningBroker {
    const prepared = this.#prepared.get(profile.id);
    this.#prepared.delete(profile.id);
    // It ran already: whoever started it looks after the archive.
    if (!prepared) return broker;
    const { archiveKey, classList } = prepared;
    return new JavaBroker(broker, {
      maker: new ArchiveMaker(this.#archives, prepared, classList, this.#logger),
      onCrash: () => void this.#archives.remove(archiveKey),
    });
  }

  async #check(profile: JavaProfile, signal?: AbortSignal): Promise<RuntimeCheck> {
    try {
      const java = await this.#finder.find(profile.javaHome, signal);
      const kafka = await this.#presentKafka(profile);
      const what = kafka
        ? `Apache Kafka ${kafka.version} in ${kafka.home}`
        : `Apache Kafka ${downloadedKafka}, downloaded at the first start (about 130 MB)`;
      return { available: true, detail: `${what}; Java ${java.version} (${java.vendor})` };
    } catch (error) {
      if (!(error instanceof KafkaManagerError)) throw error;
      return { available: false, reason: error.message, remedy: error.remedy };
    }
  }

  /** undefined where it has to be downloaded first. */
  async #presentKafka(profile: JavaProfile): Promise<KafkaHome | undefined> {
    if (profile.kafkaHome !== undefined) return readKafkaHome(profile.kafkaHome);
    return (await this.#distribution.isPresent()) ? readKafkaHome(this.#distribution.home) : undefined;
  }

  async #plan(profile: JavaProfile, context: PlanContext): Promise<BrokerLaunchPlan> {
    const java = await this.#finder.find(profile.javaHome, context.signal);
    const kafka =
      (await this.#presentKafka(profile)) ??
      (await readKafkaHome(await this.#distribution.ensure(context.progress, context.signal)));
    const archiveKey = await this.#archives.keyOf({ java, kafka });
    const classList = path.join(context.profileDir, 'classes.txt');
    const archives = this.#archives;
    const plan = await prepareJavaBroker({
      ...{ profile, context, java, kafka, archives, archiveKey, classList },
      cacheDir: this.#cacheDir,
    });
    this.#prepared.set(profile.id, { java, kafka, archiveKey, classList });
    return plan;
  }
}
