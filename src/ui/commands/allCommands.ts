import type { DisposableStore } from '../../base/lifecycle';
import type { CommandHandlers } from '../contributions';
import type { DocumentServices } from '../documents/documents';
import { apiCommands } from './apiCommands';
import { clusterCommands } from './clusterCommands';
import { messageCommands } from './messageCommands';
import { topicCommands } from './topicCommands';

/**
 * All commands but those of the views: a chunk of its own, loaded when the first one is called.
 * @param store owns what outlives a call
 */
export function allCommands(services: DocumentServices, store: DisposableStore): Partial<CommandHandlers> {
  return {
    ...clusterCommands(services, store),
    ...apiCommands(services),
    ...topicCommands(services),
    ...messageCommands(services),
  };
}
