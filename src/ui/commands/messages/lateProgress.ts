import * as vscode from 'vscode';
import { delay } from '../../../base/async';

/** Work that is done sooner shows no progress, in ms. */
const silentMs = 400;

/** Runs work that shows its progress, with a button that cancels it, once it takes longer than a moment. */
export async function lateProgress<T>(
  title: string,
  work: (report: (message: string) => void, signal: AbortSignal) => Promise<T>,
  { cancellable = true }: { readonly cancellable?: boolean } = {},
): Promise<T> {
  const abort = new AbortController();
  const done = new AbortController();
  let show: ((message: string) => void) | undefined;
  const result = work((message) => show?.(message), abort.signal);
  const ended = result.then(
    () => done.abort(),
    () => done.abort(),
  );
  const later = delay(silentMs, done.signal).then(
    () => true,
    () => false,
  );
  if (await later) {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable },
      (progress, token) => {
        show = (message) => progress.report({ message });
        token.onCancellationRequested(() => abort.abort());
        return ended;
      },
    );
  }
  return result;
}
