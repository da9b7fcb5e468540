import type { CommandHandlers } from '../contributions';
import { lifecycleCommands } from './lifecycleCommands';
import type { ClusterServices } from './startRuntime';

/** The commands on clusters. */
export function clusterCommands(services: ClusterServices): Partial<CommandHandlers> {
  return { ...lifecycleCommands(services) };
}
