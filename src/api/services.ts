import type { Logger } from '../base/logger';
import type { ClusterManager } from '../core/clusterManager';
import type { MessageManager } from '../core/messageManager';
import type { Clock } from '../core/ports';
import type { TopicManager } from '../core/topicManager';

/** What the routes call: the managers' methods that they need, so that a test can stand in with small fakes. */
export interface ApiServices {
  readonly clusters: Pick<
    ClusterManager,
    'activeId' | 'profiles' | 'status' | 'describe' | 'start' | 'stop' | 'restart'
  >;
  readonly topics: Pick<
    TopicManager,
    'list' | 'describe' | 'create' | 'delete' | 'config' | 'alterConfig' | 'addPartitions' | 'truncate'
  >;
  readonly messages: Pick<MessageManager, 'produce' | 'produceBatch' | 'read' | 'scan' | 'tail'>;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Version of the program, for the OpenAPI document. */
  readonly version: string;
  /** Folder of the files of GET /docs; without it there is no such page. */
  readonly docsDir?: string;
  /** Proves to the sender of a nonce that this server knows the API key; left out where there is none. */
  readonly prove?: (nonce: string) => string;
  /** Silence in ms after which a stream sends an empty line. */
  readonly heartbeatMs?: number;
}
