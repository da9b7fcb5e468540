import type { ClusterProfile } from './profile';
import type { ProfileStore } from './profileStore';
import type { SavedProfile } from './savedProfile';

/** What counts for brokers of ours whose profile says nothing else. */
export interface ProfileDefaults {
  readonly port: number;
  readonly keepRunning: boolean;
  readonly kafkaHome: string | undefined;
  readonly javaHome: string | undefined;
}

/** A saved profile with what counts where it says nothing. */
export function resolveProfile(
  saved: SavedProfile,
  store: Pick<ProfileStore, 'connectionOf'>,
  defaults: ProfileDefaults,
): ClusterProfile {
  if (saved.runtime === 'external') {
    const { id, name, runtime, bootstrap } = saved;
    return { id, name, runtime, bootstrap, connection: () => store.connectionOf(saved) };
  }
  const { port, keepRunning, kafkaHome, javaHome } = defaults;
  const managed = {
    id: saved.id,
    name: saved.name,
    port: saved.port ?? port,
    keepRunning: saved.keepRunning ?? keepRunning,
  };
  if (saved.runtime === 'embedded') return { ...managed, runtime: 'embedded' };
  const home = saved.kafkaHome ?? kafkaHome;
  const java = saved.javaHome ?? javaHome;
  return {
    ...managed,
    runtime: 'java',
    ...(home !== undefined && { kafkaHome: home }),
    ...(java !== undefined && { javaHome: java }),
    ...(saved.properties && { properties: saved.properties }),
  };
}
