// Sets globalThis.Go when loaded; exports nothing.
export {};
