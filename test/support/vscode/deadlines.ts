/** Longest waits in ms: generous, since they only decide how long a failure takes on a busy machine. */
export const DeadlinesMs = {
  /** One click, one row that has to appear. */
  action: 20_000,
  /** The workbench's 19 MB, and the start of its extension host. */
  load: 60_000,
} as const;
