import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from '../support/until';
import { extensionId } from '../support/vscode/extensionId';
import { printFigures } from './printFigures';

interface Taken {
  readonly clockMs: number;
  readonly cpuMs: number;
}

interface Times {
  readonly load?: Taken;
  readonly activate?: Taken;
}

/** What is wanted by the clock on a machine that has nothing else to do. */
const BUDGET_MS = 30;
/** A test run's machine is busy, which the processor's time feels less; this is where something is wrong for sure. */
const CPU_LIMIT_MS = 100;

describe('Activation', () => {
  const extension = vscode.extensions.getExtension(extensionId);

  it('is of the installed VSIX, by itself after the start', async () => {
    assert.ok(extension, `${extensionId} is not installed`);
    await until(() => extension.isActive, { deadlineMs: 20_000, what: 'the extension to be active' });
    assert.ok(!extension.extensionPath.endsWith('companion'));
  });

  it(`takes few ms to load and to activate (budget ${BUDGET_MS})`, async () => {
    const companion = vscode.extensions.getExtension<{ times: Times }>(
      'local-kafka-manager-tests.host-tests',
    );
    assert.ok(companion, 'the companion that takes the time is not there');
    const { times } = await companion.activate();
    const { load, activate } = times;
    assert.ok(load && activate, 'the companion saw nothing being loaded');
    const told = ({ clockMs, cpuMs }: Taken) => `${clockMs.toFixed(1)} ms (CPU ${cpuMs.toFixed(1)} ms)`;
    const figures = `load ${told(load)}, activate() ${told(activate)}, budget for both ${BUDGET_MS} ms`;
    printFigures(figures);
    assert.ok(load.cpuMs + activate.cpuMs < CPU_LIMIT_MS, figures);
  });
});
