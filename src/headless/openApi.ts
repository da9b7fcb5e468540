import { type Disposable, DisposableStore } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import { type Application, systemClock } from './application';
import { writeCurlConfig } from '../storage/curlConfig';
import { FileSecretStore } from '../storage/fileStores';
import type { Report } from './report';
import type { ApiAccess } from './roundTrip';
import { openSecretsFolder } from '../storage/storageFolder';

/** Version of the program. */
export const VERSION = '0.1.0';

/** The API as this terminal uses it: its own, or the one that another terminal serves. */
export interface HeadlessApi extends ApiAccess, Disposable {
  /** Ends all connections within a second. */
  close(): Promise<void>;
}

export interface OpenApiOptions {
  readonly app: Application;
  readonly storage: string;
  readonly port: number;
  /** Terminals of one cluster share one API. */
  readonly scope: string;
  /** Folder of the page of GET /docs. */
  readonly docsDir: string;
  readonly logger: Logger;
  readonly report: Report;
}

/** Starts the API, or joins the one of another terminal, and writes the curl file with its key. */
export async function openApi(options: OpenApiOptions): Promise<HeadlessApi> {
  const { app, storage, port, scope, docsDir, logger, report } = options;
  // Loaded here, so that the broker's process comes up meanwhile.
  const { startApi } = await import('../api/startApi');
  const secrets = new FileSecretStore(await openSecretsFolder(storage));
  const {
    server,
    key,
    role: first,
  } = await startApi({ ...app, secrets, port, scope, docsDir, logger, clock: systemClock, version: VERSION });
  await writeCurlConfig(storage, key.value);
  const store = new DisposableStore();
  store.add(key);
  for (const taken of first.taken) report.step(`Port ${taken} is taken by another program`);
  report.step(
    first.role === 'serving'
      ? `REST API at ${first.url}`
      : `REST API at ${first.url}, served by another terminal`,
  );
  store.add(
    server.onDidChangeRole(({ role, url }) => {
      report.step(
        role === 'serving' ? `REST API at ${url}, taken over by this terminal` : `REST API at ${url}`,
      );
    }),
  );
  return {
    get url() {
      return server.role?.url ?? first.url;
    },
    get key() {
      return key.value;
    },
    async close() {
      store.dispose();
      await server.close();
    },
    dispose: () => store.dispose(),
  };
}
