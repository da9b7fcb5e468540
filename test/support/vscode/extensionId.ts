/** The extension under test: `publisher.name`. */
export const extensionId = 'local-kafka-manager.local-kafka-manager';
