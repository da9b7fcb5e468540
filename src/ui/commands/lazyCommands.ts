import type { CommandHandlers, CommandId } from '../contributions';

/**
 * Handlers for all commands that `eager` has none for: their code is loaded when one of them is first called.
 * @param ids every command of the manifest
 */
export function lazyCommands(
  ids: readonly CommandId[],
  eager: Partial<CommandHandlers>,
  load: () => Promise<Partial<CommandHandlers>>,
): Partial<CommandHandlers> {
  let loading: Promise<Partial<CommandHandlers>> | undefined;
  const handlers = new Map<CommandId, (...args: readonly unknown[]) => Promise<void>>();
  for (const id of ids) {
    if (id in eager) continue;
    handlers.set(id, async (...args) => {
      loading ??= load();
      const handler = (await loading)[id] as
        ((...all: readonly unknown[]) => Promise<void> | void) | undefined;
      if (!handler) throw new Error(`no handler of ${id}`);
      await handler(...args);
    });
  }
  return { ...eager, ...Object.fromEntries(handlers) };
}
