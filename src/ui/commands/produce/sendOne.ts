import * as vscode from 'vscode';
import type { ProduceRecord } from '../../../core/kafkaTypes';
import type { DocumentServices } from '../../documents/documents';
import { formatExact } from '../../format';
import { lateProgress } from '../messages/lateProgress';
import { showRecord } from '../messages/showLatestMessages';
import { offer } from '../offer';
import type { TopicTarget } from '../topics/topicOf';

/** A record without what the target says. */
export type NewRecord = Pick<ProduceRecord, 'key' | 'value' | 'headers'>;

/** Writes one record and says where it went. Nobody waits for the answer. @throws what produce throws */
export async function sendOne(
  services: DocumentServices,
  { cluster, topic, partition }: TopicTarget,
  record: NewRecord,
): Promise<void> {
  const full = { ...record, topic, ...(partition !== undefined && { partition }) };
  const produced = await lateProgress(vscode.l10n.t('Sending'), (_, signal) =>
    services.messages.produce(cluster, full, {}, signal),
  );
  const show = vscode.l10n.t('Show');
  const text = vscode.l10n.t(
    'Sent to partition {0} at offset {1}.',
    produced.partition,
    formatExact(produced.offset),
  );
  offer(services, vscode.window.showInformationMessage(text, show), show, () =>
    showRecord(services, cluster, produced),
  );
}
