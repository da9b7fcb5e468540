import { Cancelled } from '../cancelled';
import type { UiServices } from '../services';
import { showError } from '../showError';

/** Runs what a message offers, once its button is pressed. Nobody waits for it: what it fails with is shown. */
export function offer(
  services: Pick<UiServices, 'logger' | 'logChannel'>,
  chosen: Thenable<string | undefined>,
  action: string,
  run: () => Thenable<unknown>,
): void {
  const follow = async (): Promise<void> => {
    try {
      if ((await chosen) === action) await run();
    } catch (error) {
      if (!(error instanceof Cancelled)) showError(error, services);
    }
  };
  void follow();
}
