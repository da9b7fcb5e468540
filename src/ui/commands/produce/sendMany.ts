import * as vscode from 'vscode';
import { type KafkaManagerError, toManagerError } from '../../../contract/errors';
import type { ProduceRecord } from '../../../core/kafkaTypes';
import type { DocumentServices } from '../../documents/documents';
import { formatExact } from '../../format';
import { linkSafe, plainText } from '../../text';
import { lateProgress } from '../messages/lateProgress';
import { showLatestMessages } from '../messages/showLatestMessages';
import { offer } from '../offer';
import type { TopicTarget } from '../topics/topicOf';
import { type NumberedRecord, SendResult } from './sendResult';

/** How often progress is shown, in ms. */
const reportMs = 100;

/** What is sent. */
export interface ManyRecords {
  readonly records: Iterable<NumberedRecord> | AsyncIterable<NumberedRecord>;
  readonly total: number;
  /** Name of the file or text they come from. */
  readonly source: string;
}

/** Writes records with progress that can be cancelled, and tells what became of each. */
export async function sendMany(
  services: DocumentServices,
  target: TopicTarget,
  many: ManyRecords,
): Promise<void> {
  const result = new SendResult();
  const title = vscode.l10n.t('Sending to topic {0}', linkSafe(target.topic));
  await lateProgress(title, async (report, signal) => {
    let toldAt = 0;
    try {
      const records = numbered(many.records, result);
      for await (const run of services.messages.produceAll(target.cluster, records, {}, signal)) {
        for (const outcome of run) result.settle(outcome);
        const now = Date.now();
        if (now - toldAt < reportMs) continue;
        toldAt = now;
        report(vscode.l10n.t('{0} of {1}', formatExact(result.done), formatExact(many.total)));
      }
    } catch (error) {
      result.ended = toManagerError(error);
    }
  });
  tell(services, target, many, result);
}

async function* numbered(
  records: ManyRecords['records'],
  result: SendResult,
): AsyncGenerator<ProduceRecord, void, undefined> {
  for await (const { record, line } of records) {
    result.take(line);
    yield record;
  }
}

function tell(
  services: DocumentServices,
  target: TopicTarget,
  { source, total }: ManyRecords,
  result: SendResult,
): void {
  const { sent, failed, unknown, ended } = result;
  const { topic, cluster } = target;
  if (failed + unknown === 0 && !ended) {
    const text =
      sent === 1
        ? vscode.l10n.t('1 message was sent to topic {0}.', linkSafe(topic))
        : vscode.l10n.t('{0} messages were sent to topic {1}.', formatExact(sent), linkSafe(topic));
    const show = vscode.l10n.t('Show');
    offer(services, vscode.window.showInformationMessage(text, show), show, () =>
      showLatestMessages(services, { kind: 'topic', cluster, topic }),
    );
    return;
  }
  const parts = [
    vscode.l10n.t('{0} sent', formatExact(sent)),
    ...(failed > 0 ? [vscode.l10n.t('{0} failed', formatExact(failed))] : []),
    ...(unknown > 0 ? [vscode.l10n.t('{0} may or may not have been written', formatExact(unknown))] : []),
    ...(total > result.done ? [vscode.l10n.t('{0} not tried', formatExact(total - result.done))] : []),
  ];
  const why = endOf(ended);
  const text = `${parts.join(', ')}.${why === '' ? '' : ` ${linkSafe(why)}`}`;
  const uri = services.documents.readOnly.uriOf(vscode.l10n.t('Not sent.log'), { cluster, topic, source });
  const title = vscode.l10n.t('Sending {0} to topic {1}: {2}', plainText(source), plainText(topic), text);
  const failures = vscode.l10n.t('Show Failures');
  offer(services, vscode.window.showWarningMessage(text, failures), failures, () =>
    services.documents.readOnly.show(uri, reportOf(title, result)),
  );
}

function endOf(ended: KafkaManagerError | undefined): string {
  if (!ended) return '';
  if (ended.code === 'CANCELLED') return vscode.l10n.t('It was cancelled.');
  return `${vscode.l10n.t(ended.message)} ${vscode.l10n.t(ended.remedy)}`;
}

function reportOf(title: string, { failures }: SendResult): string {
  const lines = failures.map(({ line, error, mayBeWritten }) => {
    const doubt = mayBeWritten ? ` ${vscode.l10n.t('It may have been written.')}` : '';
    return vscode.l10n.t('Line {0}: {1}', line, `${plainText(error.message)}${doubt}`);
  });
  return `${[title, '', ...lines].join('\n')}\n`;
}
