import type { CommandHandlers } from '../contributions';
import type { DocumentServices } from '../documents/documents';
import { showLatestMessages } from './messages/showLatestMessages';
import { produceFromEditor } from './produce/produceFromEditor';
import { produceFromFile } from './produce/produceFromFile';
import { produceMessage } from './produce/produceMessage';

/** The commands on messages. */
export function messageCommands(services: DocumentServices): Partial<CommandHandlers> {
  return {
    'localKafka.produceMessage': (node) => produceMessage(services, node),
    'localKafka.produceFromEditor': () => produceFromEditor(services),
    'localKafka.produceFromFile': (node) => produceFromFile(services, node),
    'localKafka.showLatestMessages': (node) => showLatestMessages(services, node),
  };
}
