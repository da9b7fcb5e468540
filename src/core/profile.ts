import type { ConnectionSettings } from './connection';

interface ProfileBase {
  /** Stable id, 1–64 of [a-z0-9-]; also the name of the profile's folder. */
  readonly id: string;
  /** Name that people see. */
  readonly name: string;
}

/** Fields of profiles whose broker we run. */
interface ManagedProfile extends ProfileBase {
  /** Folder of the broker's data; a folder of the profile's own where left out. */
  readonly dataDir?: string;
  /** Preferred port of the Kafka listener on 127.0.0.1; the next free one is taken when another program has it. */
  readonly port: number;
  /** Keep the broker running when the last terminal or window has gone. */
  readonly keepRunning?: boolean;
}

/** The playground broker, kfake: needs nothing installed, is not Apache Kafka. */
export interface EmbeddedProfile extends ManagedProfile {
  readonly runtime: 'embedded';
}

/** Apache Kafka as a local Java process. */
export interface JavaProfile extends ManagedProfile {
  readonly runtime: 'java';
  /** Folder with Kafka (its `libs`); downloaded once where left out. */
  readonly kafkaHome?: string;
  /** Folder of the JDK or JRE; JAVA_HOME, then PATH where left out. */
  readonly javaHome?: string;
  /** Entries of server.properties that win over ours; those of listeners, ids and folders are refused. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** A cluster that somebody else runs: never started or stopped by us. */
export interface ExternalProfile extends ProfileBase {
  readonly runtime: 'external';
  /** `host:port`, at least one; for people. */
  readonly bootstrap: readonly string[];
  /**
   * Made when it is connected to: secrets and PEM files are read then.
   * @throws KafkaManagerError VALIDATION_ERROR where one of them is missing
   */
  readonly connection: () => Promise<ConnectionSettings>;
}

/** A saved cluster: how to run it or where it is. The Docker runtime adds its own variant. */
export type ClusterProfile = EmbeddedProfile | JavaProfile | ExternalProfile;
