import type { KafkaConnection } from '../connection';

/** What the producer needs of a connection. */
export type ProducerConnection = Pick<KafkaConnection, 'call' | 'send' | 'leaders' | 'invalidate'>;
