import { ApiKey } from '../../src/api/apiKey';
import { ApiServer, type ApiServerOptions } from '../../src/api/apiServer';
import { fakeManagers, type FakeManagers, FakeSecretStore } from './fakeManagers';

/** The real API server on a fake cluster, listening. */
export interface ApiHarness {
  readonly managers: FakeManagers;
  readonly secrets: FakeSecretStore;
  readonly key: ApiKey;
  readonly server: ApiServer;
  readonly port: number;
  readonly url: string;
  /** Host header of the server. */
  readonly host: string;
  /** Header line with the key. */
  readonly auth: string;
  close(): Promise<void>;
}

export async function startApi(
  options: Partial<ApiServerOptions> & { secrets?: FakeSecretStore } = {},
): Promise<ApiHarness> {
  const managers = await fakeManagers();
  const secrets = options.secrets ?? new FakeSecretStore();
  const key = await ApiKey.load(secrets);
  const server = new ApiServer({ ...managers, key, port: 0, ...options });
  const { port, url } = await server.listen();
  return {
    managers,
    secrets,
    key,
    server,
    port,
    url,
    host: `Host: 127.0.0.1:${port}`,
    auth: `Authorization: Bearer ${key.value}`,
    async close() {
      await server.close();
      managers.dispose();
    },
  };
}
