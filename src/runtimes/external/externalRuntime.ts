import { toDisposable } from '../../base/lifecycle';
import { KafkaManagerError } from '../../contract/errors';
import type { ConnectionSettings } from '../../core/connection';
import type { BrokerRuntime, Clock, RunningBroker } from '../../core/ports';
import type { ClusterProfile, ExternalProfile } from '../../core/profile';

/** The runtime of clusters that somebody else runs: it only knows where they are. */
export function createExternalRuntime(clock: Clock): BrokerRuntime {
  return {
    kind: 'external',
    check: (profile) => Promise.resolve({ available: true, detail: own(profile).bootstrap.join(', ') }),
    start: async (profile) => brokerOf(await own(profile).connection(), clock),
    attach: async (profile) => brokerOf(await own(profile).connection(), clock),
    stop: () => Promise.resolve(),
    reset: (profile) =>
      Promise.reject(
        new KafkaManagerError(
          'UNSUPPORTED_BY_BROKER',
          `"${profile.name}" is run by somebody else: its data is not deleted from here.`,
          { remedy: 'Delete its topics one by one, or ask who runs it.' },
        ),
      ),
  };
}

function own(profile: ClusterProfile): ExternalProfile {
  if (profile.runtime === 'external') return profile;
  throw new KafkaManagerError('INTERNAL_ERROR', `Profile ${profile.id} is not of the external runtime.`);
}

function brokerOf(connection: ConnectionSettings, clock: Clock): RunningBroker {
  return {
    connection,
    version: 'external cluster',
    pid: undefined,
    startedAt: clock.now(),
    // Its end is not ours to see; the HealthMonitor tells when it no longer answers.
    onDidExit: () => toDisposable(() => {}),
    usage: () => Promise.resolve(undefined),
    logs: noLines,
    stop: () => Promise.resolve(),
    release: () => Promise.resolve(),
    dispose() {},
  };
}

async function* noLines(): AsyncGenerator<string> {
  // We can't read the log of a broker that is not ours.
}
