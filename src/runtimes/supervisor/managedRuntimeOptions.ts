import type { Logger } from '../../base/logger';
import type { BrokerLaunchPlan } from '../../contract/supervisor';
import type { RuntimeCheck, StartProgress, StateStore } from '../../core/ports';
import type { EmbeddedProfile, JavaProfile } from '../../core/profile';

/** A profile whose broker a supervisor runs. */
export type ManagedProfile = EmbeddedProfile | JavaProfile;

/** Folders and address that a plan is made for. */
export interface PlanContext {
  /** Folder of the profile, mode 0700, made already: logs, properties, lock files. */
  readonly profileDir: string;
  /** Folder of the broker's data, made already. */
  readonly dataDir: string;
  /** Where the Kafka listener has to be; free a moment ago. */
  readonly host: string;
  readonly port: number;
  /** Told to the user while something long goes on, such as a download. */
  readonly progress: (step: StartProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/** What differs between brokers that a supervisor runs. */
export interface ManagedRuntimeOptions<P extends ManagedProfile> {
  readonly kind: P['runtime'];
  /** Folder below which each profile has its folder: `profiles/<id>`. */
  readonly storageDir: string;
  /** Folder that holds `supervisor.js`. */
  readonly distDir: string;
  /** Remembers the port of each profile. */
  readonly state: StateStore;
  readonly logger: Logger;
  readonly check: (profile: P, signal?: AbortSignal) => Promise<RuntimeCheck>;
  /** Prepares what the broker needs (download, format) and says how to run it. Asked again when the port was lost. */
  readonly plan: (profile: P, context: PlanContext) => Promise<BrokerLaunchPlan>;
}
