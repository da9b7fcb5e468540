import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import type { CommandHandlers } from '../contributions';
import type { UiServices } from '../services';
import type { Reveal } from '../uriHandler';
import { createGroupTree } from './groupTree';
import { meantNames } from './meantNodes';
import { ServicesTree } from './servicesTree';
import { createTopicTree } from './topicTree';

/** The three views, and the commands that belong to them. */
export interface Trees extends Disposable {
  readonly handlers: Partial<CommandHandlers>;
  /** Narrows a view to what a link names. */
  readonly reveal: Reveal;
}

/** Shows the three views of the activity bar. */
export function createTrees(services: UiServices): Trees {
  const store = new DisposableStore();
  const servicesTree = store.add(new ServicesTree(services));
  const topics = store.add(createTopicTree(services));
  const groups = store.add(createGroupTree(services));
  return {
    handlers: {
      ...topics.handlers,
      ...groups.handlers,
      'localKafka.refreshServices': () => servicesTree.refresh(),
      'localKafka.showMore': (node) =>
        node?.kind === 'more' ? (node.view === 'topics' ? topics : groups).tree.showMore() : undefined,
      'localKafka.copyName': async (node, selected) => {
        const names = meantNames(node, selected);
        if (names.length > 0) await vscode.env.clipboard.writeText(names.join('\n'));
      },
    },
    reveal: async (link) => {
      if (link.kind === 'topic') await topics.tree.filterTo(link.name);
      else if (link.kind === 'group') await groups.tree.filterTo(link.name);
    },
    dispose: () => store.dispose(),
  };
}
