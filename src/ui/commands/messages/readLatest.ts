import * as vscode from 'vscode';
import type { ScanSummary } from '../../../core/scan/query';
import type { ReadOnOptions } from '../../../core/scan/readOn';
import { formatMessage } from '../../documents/messageText';
import { formatBytes, formatExact } from '../../format';
import type { MessageServices } from '../../services';
import { plainText } from '../../text';
import type { TopicTarget } from '../topics/topicOf';
import { messageWords } from './messageWords';

/** Longest text of messages, in characters. Older messages are left out of it. VS Code shows no document above 50 MB. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** What is read: the newest messages of a topic or partition. */
export interface LatestTarget extends TopicTarget {
  /** Newest of a partition up to and with this offset; up to its end where left out. */
  readonly upTo?: number;
}

/**
 * The newest messages of a topic or partition as a text, newest first. Each is written as it comes, so that memory holds
 * little more than the text. No consumer group, and nothing is committed. An aborted signal ends it with what it has.
 */
export async function readLatest(
  { messages, settings }: MessageServices,
  target: LatestTarget,
  options: Pick<ReadOnOptions, 'signal' | 'onProgress'>,
): Promise<string> {
  const { cluster, topic, partition, upTo } = target;
  const count = settings.get('messages.latestCount');
  const isolation = settings.get('messages.isolation');
  const maxValueBytes = settings.get('messages.maxValueBytes');
  const words = messageWords();
  const blocks: string[] = [];
  let characters = 0;
  const pages = messages.scan(
    cluster,
    {
      topic,
      isolation,
      from: { at: 'last', count },
      direction: 'newest',
      ...(partition !== undefined && { partitions: [partition] }),
      ...(upTo !== undefined && { to: { at: 'offset', offset: upTo + 1 } }),
    },
    options,
  );
  let summary: ScanSummary | undefined;
  while (characters < MOST_CHARACTERS) {
    const page = await pages.next();
    if (page.done) {
      summary = page.value;
      break;
    }
    for (const record of page.value) {
      if (characters >= MOST_CHARACTERS) break;
      const block = formatMessage(record, words, maxValueBytes);
      characters += block.length;
      blocks.push(block);
    }
  }
  if (!summary) await pages.return(undefined as never);
  const head = headOf(target, blocks.length, isolation, summary);
  return [head.join('\n'), ...blocks].join('\n\n') + '\n';
}

function headOf(
  { topic, partition }: LatestTarget,
  shown: number,
  isolation: string,
  summary: ScanSummary | undefined,
): string[] {
  const where =
    partition === undefined
      ? vscode.l10n.t('Topic {0}', plainText(topic))
      : vscode.l10n.t('Topic {0}, partition {1}', plainText(topic), partition);
  const what =
    shown === 0
      ? vscode.l10n.t('no messages')
      : shown === 1
        ? vscode.l10n.t('1 message')
        : vscode.l10n.t('the newest {0} messages, newest first', formatExact(shown));
  const cut = vscode.l10n.t('Older messages are left out: the text would be larger than {0}.', megabytes());
  return [
    `${where}: ${what}. ${isolation}, ${new Date().toISOString()}`,
    vscode.l10n.t('Read with no consumer group, nothing was committed. Run the command again to read anew.'),
    ...(summary ? [] : [cut]),
    ...(summary?.stopReason === 'cancelled' ? [vscode.l10n.t('Cancelled: older messages are missing.')] : []),
    ...(summary?.problems ?? []).map(({ partition, offset, message }) =>
      vscode.l10n.t('Partition {0} at offset {1}: {2}', partition, offset, plainText(message)),
    ),
  ];
}

function megabytes(): string {
  return formatBytes(MOST_CHARACTERS);
}
