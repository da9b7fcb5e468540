import * as vscode from 'vscode';
import type { Disposable } from '../base/lifecycle';
import { viewIds } from './contributions';
import { type DeepLink, parseDeepLink } from './deepLink';
import type { UiServices } from './services';
import { linkSafe } from './text';

/** Shows what a link names in its view, where it is there. */
export type Reveal = (link: DeepLink) => Promise<void> | void;

const views = { topic: viewIds.topics, group: viewIds.groups, cluster: viewIds.services } as const;

/**
 * Follows links like `vscode://local-kafka-manager.local-kafka-manager/topic/orders`. They only navigate: nothing is
 * started, read, changed or connected to, whoever made the link.
 */
export function createUriHandler(
  { registry, logger, ready }: Pick<UiServices, 'registry' | 'logger' | 'ready'>,
  reveal?: Reveal,
): Disposable {
  const handle = async (uri: vscode.Uri): Promise<void> => {
    // A link may be what activates us.
    await ready;
    const link = parseDeepLink(uri.path);
    if (!link) {
      void vscode.window.showWarningMessage(
        vscode.l10n.t('This link leads to nothing in Local Kafka Manager: {0}', shown(uri.path)),
      );
      return;
    }
    if (link.kind === 'cluster' && !registry.profile(link.id)) {
      void vscode.window.showWarningMessage(
        vscode.l10n.t('The link leads to the cluster "{0}", which is not set up here.', link.id),
      );
      return;
    }
    await vscode.commands.executeCommand(`${views[link.kind]}.focus`);
    await reveal?.(link);
  };
  return vscode.window.registerUriHandler({
    handleUri: (uri) =>
      handle(uri).catch((error: unknown) => logger.error('a link could not be followed', error)),
  });
}

/** A hostile path as a short text. */
function shown(path: string): string {
  return linkSafe(path.length > 80 ? `${path.slice(0, 80)}…` : path);
}
