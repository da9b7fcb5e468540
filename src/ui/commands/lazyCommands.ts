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
  /** A load that failed is tried again with the next call. */
  const loaded = async (): Promise<Partial<CommandHandlers>> => {
    const current = (loading ??= load());
    try {
      return await current;
    } catch (error) {
      if (loading === current) loading = undefined;
      throw error;
    }
  };
  const handlers = new Map<CommandId, (...args: readonly unknown[]) => Promise<void>>();
  for (const id of ids) {
    if (id in eager) continue;
    handlers.set(id, async (...args) => {
      const handler = (await loaded())[id] as
        ((...all: readonly unknown[]) => Promise<void> | void) | undefined;
      if (!handler) throw new Error(`no handler of ${id}`);
      await handler(...args);
    });
  }
  return { ...eager, ...Object.fromEntries(handlers) };
}
