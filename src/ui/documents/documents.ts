import { type Disposable, DisposableStore } from '../../base/lifecycle';
import type { MessageServices, UiServices } from '../services';
import { ReadOnlyDocuments } from './readOnlyDocuments';
import { TopicConfigFiles } from './topicConfigFiles';

/** The text documents of the extension. */
export interface Documents extends Disposable {
  /** Latest messages, reports, a broker's log: shown, not edited. */
  readonly readOnly: ReadOnlyDocuments;
  /** Configs of topics, edited and then applied. */
  readonly configs: TopicConfigFiles;
}

/** What the commands that show documents are made of. */
export interface DocumentServices extends MessageServices {
  readonly documents: Documents;
}

/** Makes the documents known to VS Code, at activation: a window that is loaded again shows those that were open. */
export function createDocuments(services: UiServices): Documents {
  const store = new DisposableStore();
  const readOnly = store.add(new ReadOnlyDocuments());
  const configs = store.add(new TopicConfigFiles(services, readOnly));
  return { readOnly, configs, dispose: () => store.dispose() };
}
