import * as vscode from 'vscode';
import { formatExact } from '../format';
import { rangesOf } from './ranges';

/** Counted nouns and lists, for labels that people read or hear. */
export const words = {
  messages: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 message') : vscode.l10n.t('{0} messages', formatExact(count)),
  partitions: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 partition') : vscode.l10n.t('{0} partitions', formatExact(count)),
  replicas: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 replica') : vscode.l10n.t('{0} replicas', formatExact(count)),
  members: (count: number): string =>
    count === 0
      ? vscode.l10n.t('no members')
      : count === 1
        ? vscode.l10n.t('1 member')
        : vscode.l10n.t('{0} members', formatExact(count)),
  /** `0 to 5, 7`. */
  ranges: (numbers: readonly number[]): string =>
    rangesOf(numbers)
      .map(([from, to]) => (from === to ? String(from) : vscode.l10n.t('{0} to {1}', from, to)))
      .join(', '),
};
