import { createReadStream } from 'node:fs';
import * as vscode from 'vscode';
import { answered } from '../../cancelled';
import type { DocumentServices } from '../../documents/documents';
import { formatExact } from '../../format';
import { linkSafe, plainText } from '../../text';
import type { TopicNode } from '../../tree/nodes';
import { lateProgress } from '../messages/lateProgress';
import { type TopicTarget, topicOf } from '../topics/topicOf';
import {
  type Chunks,
  type FileContent,
  fileRecords,
  type FileRecordOptions,
  inspectFile,
} from './fileRecords';
import { sendMany } from './sendMany';
import { sendOne } from './sendOne';

/** Sends the records, the lines or the whole of a file. @throws Cancelled */
export async function produceFromFile(services: DocumentServices, node?: TopicNode): Promise<void> {
  const title = vscode.l10n.t('Produce from File');
  await sendFile(services, await topicOf(services, node, { title }));
}

interface Way extends vscode.QuickPickItem {
  readonly total: number;
  /** Undefined for the whole file as one message. */
  readonly options: Pick<FileRecordOptions, 'as' | 'keepPlace'> | undefined;
}

/** Asks for a file, says what would be sent of it, and sends it. @throws Cancelled */
export async function sendFile(services: DocumentServices, target: TopicTarget): Promise<void> {
  const { topic, partition } = target;
  const title = vscode.l10n.t('Produce from File');
  const files = await vscode.window.showOpenDialog({ title, openLabel: vscode.l10n.t('Look at File') });
  const file = answered(files?.[0]);
  const source = plainText(file.path.split('/').at(-1) ?? '');
  const content = await lateProgress(vscode.l10n.t('Looking at {0}', linkSafe(source)), async (_, signal) =>
    inspectFile(await open(file), signal),
  );
  const { size } = await vscode.workspace.fs.stat(file);
  const way = answered(
    await vscode.window.showQuickPick(waysOf(content, size), {
      title: vscode.l10n.t('{0} to topic {1}', source, plainText(topic)),
      placeHolder: vscode.l10n.t('Nothing has been sent yet. What is to be sent?'),
    }),
  );
  if (!way.options) {
    await sendOne(services, target, { key: null, value: await vscode.workspace.fs.readFile(file) });
    return;
  }
  const records = fileRecords(await open(file), {
    topic,
    ...way.options,
    ...(partition !== undefined && { partition }),
  });
  await sendMany(services, target, { records, total: way.total, source });
}

/** The bytes of a file: of one on this machine piece by piece, whatever its size. */
async function open(file: vscode.Uri): Promise<Chunks> {
  if (file.scheme === 'file') return createReadStream(file.fsPath);
  return [await vscode.workspace.fs.readFile(file)];
}

function waysOf({ lines = 0, records }: FileContent, bytes: number): readonly Way[] {
  const ways: Way[] = [];
  if (records) {
    const { good, bad } = records;
    const [first] = bad;
    const problem = first && {
      description:
        lines - good === 1
          ? vscode.l10n.t('1 line will be left out')
          : vscode.l10n.t('{0} lines will be left out', formatExact(lines - good)),
      detail: plainText(first.message),
    };
    const label =
      good === 1 ? vscode.l10n.t('Send 1 Record') : vscode.l10n.t('Send {0} Records', formatExact(good));
    const keep =
      good === 1
        ? vscode.l10n.t('Send 1 Record with Its Partition and Timestamp')
        : vscode.l10n.t('Send {0} Records with Their Partitions and Timestamps', formatExact(good));
    ways.push(
      { label, ...problem, total: good, options: { as: 'records' } },
      { label: keep, ...problem, total: good, options: { as: 'records', keepPlace: true } },
    );
  }
  if (lines > 0) {
    const label =
      lines === 1
        ? vscode.l10n.t('Send 1 Line as a Message')
        : vscode.l10n.t('Send {0} Lines, Each as a Message', formatExact(lines));
    ways.push({ label, total: lines, options: { as: 'text' } });
  }
  const description = `${formatExact(bytes)} B`;
  return [
    ...ways,
    { label: vscode.l10n.t('Send the Whole File as One Message'), description, total: 1, options: undefined },
  ];
}
