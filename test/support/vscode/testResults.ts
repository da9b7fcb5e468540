import { fileURLToPath } from 'node:url';

/** The folder of what a test run leaves to be looked at: screenshots, and the logs of failed tests. */
export function testResults(): string {
  return fileURLToPath(new URL('../../../test-results', import.meta.url));
}
