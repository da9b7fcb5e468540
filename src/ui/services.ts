import type * as vscode from 'vscode';
import type { Logger } from '../base/logger';
import type { ApiControl } from '../core/apiControl';
import type { ClusterManager } from '../core/clusterManager';
import type { ClusterRegistry } from '../core/clusterRegistry';
import type { GroupManager } from '../core/groupManager';
import type { HealthMonitor } from '../core/healthMonitor';
import type { MessageManager } from '../core/messageManager';
import type { KafkaConnector } from '../core/ports';
import type { ProfileStore } from '../core/profileStore';
import type { TopicManager } from '../core/topicManager';
import type { UiSettings } from './settings/uiSettings';

/**
 * What views, status bar and terminals are made of: all that is there from the start. The entry wires it by hand; nothing
 * here is looked up elsewhere.
 */
export interface UiServices {
  readonly clusters: ClusterManager;
  readonly registry: ClusterRegistry;
  readonly profiles: ProfileStore;
  readonly topics: TopicManager;
  readonly groups: GroupManager;
  readonly health: HealthMonitor;
  readonly api: ApiControl;
  /** For the test of a connection before it is saved. */
  readonly connector: KafkaConnector;
  /** The saved clusters are read: before that nobody can tell whether there is one. Never rejects. */
  readonly ready: Promise<void>;
  readonly settings: UiSettings;
  readonly logger: Logger;
  /** The channel behind the logger: "Show Log" opens it. */
  readonly logChannel: vscode.LogOutputChannel;
  readonly extensionUri: vscode.Uri;
}

/** What the commands are made of: with them comes the code that reads and writes records. */
export interface MessageServices extends UiServices {
  readonly messages: MessageManager;
}
