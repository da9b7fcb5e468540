/** Variable that asks for {@link endWithStdin}. */
export const END_WITH_STDIN_VARIABLE = 'LKM_END_WITH_STDIN';

/**
 * Ends this process when its standard input ends, cleanly where it can: the pipe is held by the supervisor, and one
 * that was killed can say nothing else.
 */
export function endWithStdin(): void {
  // The log goes to pipes of the same supervisor: what can't be written there must not cut a clean stop short.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.stdin.on('error', () => undefined);
  process.stdin.once('close', () => {
    if (!process.emit('SIGTERM')) process.exit(0);
  });
  process.stdin.resume();
}
