import type { BrokerRuntime } from '../core/ports';
import { createExternalRuntime } from '../runtimes/external/externalRuntime';
import type { ApplicationOptions } from './application';

/** The runtimes; the code of each of ours is loaded when it is first asked something. */
export function createRuntimes(options: ApplicationOptions): readonly BrokerRuntime[] {
  const { storageDir, distDir, state, logger, clock, defaults } = options;
  const common = { storageDir, distDir, state, logger };
  return [
    lazyRuntime('embedded', async () => {
      const { createEmbeddedRuntime } = await import('../runtimes/embedded/embeddedRuntime');
      return createEmbeddedRuntime(common);
    }),
    lazyRuntime('java', async () => {
      const { JavaRuntime } = await import('../runtimes/java/javaRuntime');
      return new JavaRuntime({ ...common, env: process.env, mirror: () => defaults().mirror });
    }),
    createExternalRuntime(clock),
  ];
}

function lazyRuntime(kind: BrokerRuntime['kind'], load: () => Promise<BrokerRuntime>): BrokerRuntime {
  let loading: Promise<BrokerRuntime> | undefined;
  const loaded = (): Promise<BrokerRuntime> => (loading ??= load());
  return {
    kind,
    check: async (profile, signal) => (await loaded()).check(profile, signal),
    start: async (profile, progress, signal) => (await loaded()).start(profile, progress, signal),
    attach: async (profile, signal) => (await loaded()).attach(profile, signal),
    stop: async (profile) => (await loaded()).stop(profile),
    reset: async (profile) => (await loaded()).reset(profile),
  };
}
