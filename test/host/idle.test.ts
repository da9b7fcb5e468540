import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { until } from '../support/until';
import { printFigures } from './printFigures';

/** Long enough for several looks at the broker's health. */
const MEASURED_MS = 20_000;
/** Of one core, on a machine that has nothing else to do. */
const BUDGET_PERCENT = 0.1;
/**
 * A test run's machine is busy, and VS Code's own part alone goes up and down by 2 %; this is where something is wrong for
 * sure, such as a timer that never rests.
 */
const LIMIT_PERCENT = 5;

/** What the extension host takes of one core, all its threads, in percent. */
async function cpuPercent(ms: number): Promise<number> {
  const [began, before] = [performance.now(), process.cpuUsage()];
  await delay(ms);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 10 / (performance.now() - began);
}

/** What /health of our API says; undefined while nothing answers. */
async function health(): Promise<string | undefined> {
  await vscode.commands.executeCommand('localKafka.copyApiUrl');
  const url = await vscode.env.clipboard.readText();
  try {
    return await (await fetch(`${url}/health`)).text();
  } catch {
    return undefined;
  }
}

describe('At rest', () => {
  /** What VS Code's own part takes, with nothing of ours running. */
  let withoutPercent = 0;

  before('starts the playground', async function () {
    this.timeout(60_000 + MEASURED_MS);
    withoutPercent = await cpuPercent(MEASURED_MS);
    const settings = vscode.workspace.getConfiguration('localKafka');
    await settings.update('kafka.port', 0, vscode.ConfigurationTarget.Global);
    await settings.update('api.port', 0, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('localKafka.startPlayground');
    await until(async () => /"healthy"/.test((await health()) ?? ''), {
      deadlineMs: 20_000,
      what: 'the broker to run',
      everyMs: 500,
    });
  });

  after('stops the playground', async () => {
    await vscode.commands.executeCommand('localKafka.stop');
  });

  it(`with a running broker and hidden views takes next to nothing (budget ${BUDGET_PERCENT} %)`, async function () {
    this.timeout(4 * MEASURED_MS);
    // What was loaded for the start is compiled and collected meanwhile.
    await until(async () => (await cpuPercent(2_000)) < withoutPercent + LIMIT_PERCENT, {
      deadlineMs: 2 * MEASURED_MS,
      what: 'rest after the start',
    });
    const withPercent = await cpuPercent(MEASURED_MS);
    const percent = withPercent - withoutPercent;
    const [all, before] = [withPercent, withoutPercent].map((one) => one.toFixed(2));
    const figure = `a running broker takes ${percent.toFixed(2)} % of one core (extension host ${all} %, before ${before} %), budget ${BUDGET_PERCENT} %`;
    printFigures(figure);
    assert.ok(percent < LIMIT_PERCENT, figure);
  });
});
