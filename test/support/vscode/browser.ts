import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { realPart } from '../real/realPart';

/** Starts a headless Chromium (test/real/chromium.sh). It ends with this process at the latest. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await realPart('chromium.sh'),
    chromiumSandbox: false, // Containers and root have none.
    args: [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-gpu',
      '--disable-quic',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
