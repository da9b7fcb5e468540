import type { Event } from '../base/event';

/** What the REST API of this window is doing. `url` has no slash at its end. */
export type ApiState =
  | { readonly state: 'off' }
  | { readonly state: 'starting' }
  | {
      /** following: another window serves it, and this one takes over when that one closes. */
      readonly state: 'serving' | 'following';
      readonly url: string;
      /** Ports that other programs have. */
      readonly taken: readonly number[];
    }
  | { readonly state: 'failed'; readonly reason: string; readonly remedy: string };

/** The REST API as the editor sees it. The entry makes it; its key is never told to the UI. */
export interface ApiControl {
  readonly state: ApiState;
  /** Fires after each change of the state. */
  readonly onDidChange: Event<ApiState>;
  /** Path of the curl config file with the key, mode 0600 (SECURITY S6). */
  readonly curlConfigFile: string;
  /** Serves, or follows the window that does; does nothing where it does so already. Failures are a state. */
  start(): Promise<ApiState>;
  stop(): Promise<void>;
  /**
   * Lets requests in that name this authority (`host:port`): the exact one that VS Code's asExternalUri returned for the
   * API's URL (SECURITY S1). In all windows.
   */
  allowAuthority(authority: string): Promise<void>;
  /** Makes a new key: the former one is refused from then on, and its streams end (SECURITY S5). */
  rotateKey(): Promise<void>;
}
