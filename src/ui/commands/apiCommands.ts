import * as vscode from 'vscode';
import { answered } from '../cancelled';
import type { CommandHandlers } from '../contributions';
import type { UiServices } from '../services';
import { pickCurlCall } from './api/pickCurlCall';
import { servedApi } from './api/servedApi';

/** The commands on the REST API. */
export function apiCommands(services: UiServices): Partial<CommandHandlers> {
  const { api } = services;
  return {
    'localKafka.openApiDocs': async () => {
      const { url } = await servedApi(services);
      const outside = await vscode.env.asExternalUri(vscode.Uri.parse(`${url}/docs`));
      // Behind a tunnel the browser names another host, which the API has to know (SECURITY S1).
      await api.allowAuthority(outside.authority);
      await vscode.env.openExternal(outside);
    },
    'localKafka.copyApiUrl': async () => copy((await servedApi(services)).url),
    'localKafka.copyAsCurl': async (node) => copy(await pickCurlCall(services, node)),
    'localKafka.rotateApiKey': async () => {
      await servedApi(services);
      const rotate = vscode.l10n.t('Rotate Key');
      answered(
        await vscode.window.showWarningMessage(
          vscode.l10n.t('Make a new API key?'),
          {
            modal: true,
            detail: vscode.l10n.t(
              'The present key is refused from then on, and streams that it opened end. Calls with curl -K "$LOCAL_KAFKA_CURLRC" go on, since that file gets the new key; programs that hold the key itself need the new one.',
            ),
          },
          rotate,
        ),
      );
      await api.rotateKey();
      vscode.window.setStatusBarMessage(vscode.l10n.t('The API has a new key'), 5000);
    },
  };
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied to the clipboard'), 3000);
}
