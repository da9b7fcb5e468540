import { createLogger } from '../../src/base/logger';
import { BulkManager } from '../../src/core/bulk/bulkManager';
import { ClusterManager } from '../../src/core/clusterManager';
import { MessageManager } from '../../src/core/messageManager';
import type { ScanSummary } from '../../src/core/scan/query';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { createExternalRuntime } from '../../src/runtimes/external/externalRuntime';

/** Export and import on a broker that runs, as the doors have them. */
export interface BulkStage {
  readonly bulk: BulkManager;
  dispose(): Promise<void>;
}

export async function openBulk(bootstrap: string): Promise<BulkStage> {
  const logger = createLogger(() => {});
  const connection = { bootstrap: [bootstrap] };
  const clusters = new ClusterManager({
    profiles: [
      {
        id: 'bulk',
        name: 'Bulk',
        runtime: 'external',
        bootstrap: connection.bootstrap,
        connection: () => Promise.resolve(connection),
      },
    ],
    runtimes: [createExternalRuntime(Date)],
    connector: new KafkaConnector(logger),
    logger,
  });
  const messages = new MessageManager(clusters);
  await clusters.start();
  return {
    bulk: new BulkManager(clusters, messages),
    dispose: async () => {
      messages.dispose();
      await clusters.releaseAll();
      clusters.dispose();
    },
  };
}

/** An export to its end. */
export async function exportAll(
  exported: AsyncGenerator<Uint8Array, ScanSummary, undefined>,
  onChunk: (chunk: Uint8Array) => void,
): Promise<ScanSummary> {
  for (;;) {
    const next = await exported.next();
    if (next.done) return next.value;
    onChunk(next.value);
  }
}
