import * as vscode from 'vscode';
import { retry } from '../../base/retry';
import { extensionId, walkthroughId } from '../contributions';

const walkthrough = `${extensionId}#${walkthroughId}`;
const firstStep = `${walkthrough}#run`;

/**
 * Opens the walkthrough, its first step ticked where Kafka runs.
 *
 * VS Code reads the walkthroughs of extensions only once somebody asks for one, and may take 5 s for it (it waits for an
 * answer about experiments). Opened before, a new profile shows VS Code's own walkthrough instead. A mark on a step
 * makes it read them, and is refused until ours is there.
 */
export async function openWalkthrough(isKafkaUp: boolean): Promise<void> {
  const mark = async (as: 'Complete' | 'Incomplete'): Promise<void> => {
    await vscode.commands.executeCommand(`welcome.markStep${as}`, firstStep);
  };
  try {
    const patience = { attempts: 25, baseMs: 50, maxMs: 500, isRetriable: () => true };
    await retry(() => mark('Incomplete'), patience);
    if (isKafkaUp) await mark('Complete');
  } catch {
    // An editor that has no such marks still opens it.
  }
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
}
