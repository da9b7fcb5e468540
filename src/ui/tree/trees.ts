import type { Disposable } from '../../base/lifecycle';
import { DisposableStore } from '../../base/lifecycle';
import type { CommandHandlers } from '../contributions';
import type { UiServices } from '../services';

/** The three views, and the commands that belong to them. */
export interface Trees extends Disposable {
  readonly handlers: Partial<CommandHandlers>;
}

/** Shows the three views of the activity bar. */
export function createTrees(_services: UiServices): Trees {
  const store = new DisposableStore();
  return { handlers: {}, dispose: () => store.dispose() };
}
