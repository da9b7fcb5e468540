import * as vscode from 'vscode';
import type { MessageWords } from '../../documents/messageText';
import { formatExact } from '../../format';

/** What is said of a message and its value. */
export function messageWords(): MessageWords {
  return {
    tombstone: vscode.l10n.t('tombstone (null)'),
    empty: vscode.l10n.t('empty, 0 B'),
    json: (size) => `JSON, ${size}`,
    text: (size) => vscode.l10n.t('text, {0}', size),
    binary: (size) => vscode.l10n.t('binary, {0}', size),
    cut: (shown) => vscode.l10n.t('cut after {0}', shown),
    noTimestamp: vscode.l10n.t('no timestamp'),
    size: (bytes) => `${formatExact(bytes)} B`,
  };
}
