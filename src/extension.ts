import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from './base/lifecycle';
import { ApiService } from './extension/apiService';
import { createApplication } from './extension/application';
import { openWindow } from './extension/openWindow';
import { FolderStateStore } from './storage/folderStateStore';
import { sharedKeyStore } from './storage/sharedKeyStore';
import { channelLogger } from './ui/channelLogger';
import { lazyCommands } from './ui/commands/lazyCommands';
import { registerCommands } from './ui/commands/registerCommands';
import { trackContext } from './ui/context';
import type { CommandId } from './ui/contributions';
import { createDocuments } from './ui/documents/documents';
import { secretStore } from './ui/secretStore';
import type { UiServices } from './ui/services';
import { UiSettings } from './ui/settings/uiSettings';
import { createLiveSettings } from './ui/settings/liveSettings';
import { createStatusBar } from './ui/statusBar/statusBar';
import { createTasks } from './ui/tasks/tasks';
import { createTerminalEnvironment } from './ui/terminal/terminalEnvironment';
import { createTrees } from './ui/tree/trees';
import { createUriHandler } from './ui/uriHandler';

/** What is read of package.json. */
interface Manifest {
  readonly version: string;
  readonly contributes: { readonly commands: readonly { readonly command: CommandId }[] };
}

/** Ends what has to end in turn; set while the extension is active. */
interface Active {
  readonly close: () => Promise<void>;
}

const active: { current?: Active } = {};

/** VS Code calls it after its start. Wires everything by hand; what takes time goes on behind it. */
export function activate(context: vscode.ExtensionContext): void {
  const store = new DisposableStore();
  context.subscriptions.push(store);
  const logChannel = store.add(vscode.window.createOutputChannel('Local Kafka Manager', { log: true }));
  const logger = channelLogger(logChannel);
  const settings = store.add(new UiSettings());
  const storageDir = context.globalStorageUri.fsPath;
  const distDir = path.join(context.extensionPath, 'dist');
  const clock = { now: () => Date.now() };
  const state = store.add(new FolderStateStore(path.join(storageDir, 'state'), logger));
  const secrets = secretStore(context.secrets);
  const orNothing = (text: string): string | undefined => (text === '' ? undefined : text);

  const app = store.add(
    createApplication({
      ...{ storageDir, distDir, state, secrets, clock, logger },
      defaults: () => ({
        port: settings.get('kafka.port'),
        keepRunning: settings.get('kafka.keepRunning'),
        kafkaHome: orNothing(settings.get('java.kafkaHome')),
        javaHome: orNothing(settings.get('java.home')),
        mirror: orNothing(settings.get('java.mirror')),
      }),
    }),
  );
  const api = store.add(
    new ApiService({
      ...{ app, state, storageDir, logger, clock },
      secrets: sharedKeyStore(secrets, storageDir),
      docsDir: path.join(distDir, 'docs'),
      port: () => settings.get('api.port'),
      version: (context.extension.packageJSON as Manifest).version,
    }),
  );
  const ready = app.registry
    .load()
    .catch((error: unknown) => logger.error('the saved clusters could not be read', error));
  const services: UiServices = {
    ...app,
    ...{ api, settings, logger, logChannel, ready },
    extensionUri: context.extensionUri,
  };

  // First, so that a wrong value that the others meet is told of.
  store.add(createLiveSettings(services));
  const documents = store.add(createDocuments(services));
  const trees = store.add(createTrees(services));
  const { contributes } = context.extension.packageJSON as Manifest;
  const ids = contributes.commands.map(({ command }) => command);
  const handlers = lazyCommands(ids, trees.handlers, async () => {
    await ready;
    const { allCommands } = await import('./ui/commands/allCommands');
    return allCommands({ ...services, documents, messages: await app.messages() }, store);
  });
  store.add(registerCommands(handlers, services));
  store.add(createStatusBar(services));
  store.add(createTerminalEnvironment(services, context.environmentVariableCollection));
  store.add(createTasks(services));
  store.add(createUriHandler(services, trees.reveal));

  const open = (): void => {
    store.add(
      openWindow({
        ...{ app, api, logger },
        watch: () => state.watch(),
        isApiEnabled: () => settings.get('api.enabled'),
        startsOnOpen: () => settings.get('kafka.startOnOpen') === 'active',
      }),
    );
  };
  void ready.then(() => {
    store.add(trackContext(services));
    if (vscode.workspace.isTrusted) open();
    else store.add(vscode.workspace.onDidGrantWorkspaceTrust(open));
  });
  active.current = {
    close: async () => {
      // The API first, so that another window takes it over at once. Brokers are only let go of: after a reload this
      // window comes back to them within the supervisor's grace time.
      await api.stop();
      store.dispose();
    },
  };
}

/** VS Code calls it when the window closes or reloads. */
export async function deactivate(): Promise<void> {
  await active.current?.close();
  delete active.current;
}
