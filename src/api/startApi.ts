import type { SecretStore } from '../core/ports';
import { ApiKey } from './apiKey';
import { type ApiRole, ApiServer, type ApiServerOptions } from './apiServer';

export interface StartApiOptions extends Omit<ApiServerOptions, 'key'> {
  /** Where the key is kept. */
  readonly secrets: SecretStore;
}

/** The API that was started, its key, and what this process does for it at first. */
export interface StartedApi {
  readonly server: ApiServer;
  readonly key: ApiKey;
  readonly role: ApiRole;
}

/** Loads or makes the key, then serves or follows: what an entry needs of this layer, and its lazy chunk. */
export async function startApi(options: StartApiOptions): Promise<StartedApi> {
  const key = await ApiKey.load(options.secrets);
  const server = new ApiServer({ ...options, key });
  return { server, key, role: await server.listen() };
}
