import * as vscode from 'vscode';
import { KafkaManagerError } from '../../../contract/errors';
import type { ApiState } from '../../../core/apiControl';
import type { UiServices } from '../../services';
import { requireTrust } from '../requireTrust';

/** The API while it can be called. */
export type ServedApi = Extract<ApiState, { readonly url: string }>;

/**
 * The REST API, started where it is off.
 * @throws KafkaManagerError SERVICE_UNAVAILABLE where it can't be served; Cancelled in Restricted Mode
 */
export async function servedApi({ api }: Pick<UiServices, 'api'>): Promise<ServedApi> {
  requireTrust();
  if ('url' in api.state) return api.state;
  const state = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Starting the REST API') },
    () => api.start(),
  );
  if ('url' in state) return state;
  if (state.state === 'failed') {
    throw new KafkaManagerError('SERVICE_UNAVAILABLE', state.reason, { remedy: state.remedy });
  }
  throw new KafkaManagerError('SERVICE_UNAVAILABLE', vscode.l10n.t('The REST API is not served.'));
}
