import type { CommandHandlers } from '../contributions';
import type { MessageServices } from '../services';
import { apiCommands } from './apiCommands';
import { clusterCommands } from './clusterCommands';

/** All commands but those of the views: a chunk of its own, loaded when the first one is called. */
export function allCommands(services: MessageServices): Partial<CommandHandlers> {
  return { ...clusterCommands(services), ...apiCommands(services) };
}
