import type { Logger } from '../base/logger';
import type { ConnectionSettings } from '../core/connection';
import type { KafkaConnector as KafkaConnectorPort, KafkaGateway as KafkaGatewayPort } from '../core/ports';
import { KafkaConnection } from './connection';
import { KafkaGateway } from './kafkaGateway';

/** Makes gateways to any cluster that speaks Kafka's protocol. */
export class KafkaConnector implements KafkaConnectorPort {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger.child('kafka');
  }

  async connect(settings: ConnectionSettings, signal?: AbortSignal): Promise<KafkaGatewayPort> {
    const connection = await KafkaConnection.open(settings, { logger: this.#logger, signal });
    return new KafkaGateway(connection, settings, this.#logger);
  }
}
