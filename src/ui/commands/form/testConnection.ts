import * as vscode from 'vscode';
import { type KafkaManagerError, toManagerError } from '../../../contract/errors';
import type { ProfileSecrets, SavedExternalProfile } from '../../../core/savedProfile';
import type { UiServices } from '../../services';
import { linkSafe } from '../../text';

/** Longest time of a test in ms: some brokers of a list may be slow to refuse. */
const TEST_MS = 20_000;

/** What a test found; undefined where the user broke it off. */
export type TestResult =
  | { readonly ok: true; readonly brokers: number; readonly clusterId: string }
  | { readonly ok: false; readonly error: KafkaManagerError }
  | undefined;

/** Connects and asks for the brokers, with what is not saved yet. Nothing is changed or kept. */
export async function testConnection(
  { profiles, connector, logger }: Pick<UiServices, 'profiles' | 'connector' | 'logger'>,
  profile: SavedExternalProfile,
  secrets: ProfileSecrets,
): Promise<TestResult> {
  const stop = new AbortController();
  try {
    return await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Connecting to {0}', linkSafe(profile.bootstrap.join(', '))),
        cancellable: true,
      },
      async (_progress, token) => {
        token.onCancellationRequested(() => stop.abort());
        const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(TEST_MS)]);
        const gateway = await connector.connect(await profiles.connectionOf(profile, secrets), signal);
        try {
          const { brokers, clusterId } = await gateway.describeCluster(signal);
          return { ok: true, brokers: brokers.length, clusterId };
        } finally {
          gateway.dispose();
        }
      },
    );
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    const known = toManagerError(error);
    logger.warn(`the test of a connection failed: ${known.code}: ${known.message}`);
    return { ok: false, error: known };
  }
}
