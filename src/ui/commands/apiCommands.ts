import type { CommandHandlers } from '../contributions';
import type { UiServices } from '../services';

/** The commands on the REST API. */
export function apiCommands({ api }: UiServices): Partial<CommandHandlers> {
  return {
    'localKafka.rotateApiKey': () => api.rotateKey(),
  };
}
