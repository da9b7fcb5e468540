/*
 * A client in a process of its own, so that a test can kill it: `node clientProcess.js PROFILE_DIR DIST_DIR PLAN`.
 * Prints one JSON line `{"pid":…}` or `{"error":…}`; holds the broker until its standard input ends, then releases it.
 */
import type { BrokerLaunchPlan } from '../../../../../src/contract/supervisor';
import { SupervisorClient } from '../../../../../src/runtimes/supervisor/supervisorClient';

async function main(profileDir: string, distDir: string, plan: string): Promise<void> {
  const client = await SupervisorClient.ensure(profileDir, distDir, JSON.parse(plan) as BrokerLaunchPlan);
  process.stdout.write(`${JSON.stringify(client.state)}\n`);
  process.stdin.once('end', () => void client.release()).resume();
}

const [profileDir, distDir, plan] = process.argv.slice(2);
main(profileDir!, distDir!, plan!).catch((error: unknown) => {
  process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
  process.exit(1);
});
