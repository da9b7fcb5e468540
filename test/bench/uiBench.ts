import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { manyTopicsProperties } from '../support/real/manyTopics';
import { makeTempDir } from '../support/real/tempDir';
import { launchBrowser } from '../support/vscode/browser';
import { extensionId } from '../support/vscode/extensionId';
import { startServer, type VscodeServer } from '../support/vscode/server';
import { newContext, openWorkbench } from '../support/vscode/workbench';
import type { BenchOptions } from './benchOptions';
import { printLoad } from './contenders';
import { HostProbe, installWithProbe } from './hostProbe';
import { type BenchStage, benchStage } from './stage';
import { treeNames } from './treeNames';
import { UiFigures } from './uiFigures';
import { UiRun } from './uiRun';

/** Names of each kind; the smaller number tells whether the work grows faster than the names. */
const counts = [2_500, 10_000];

/** The tree views in the installed extension: what one waits for, and what the extension host does for it. */
export async function uiBench(options: BenchOptions): Promise<void> {
  for (const count of options.records === undefined ? counts : [options.records]) {
    const stage = await benchStage(options, manyTopicsProperties);
    try {
      await treeNames(stage, count);
      printLoad(`ui/${count}`);
      await measure(stage, count, options);
      printLoad(`ui/${count}`);
    } finally {
      await stage.dispose();
    }
  }
}

async function measure(stage: BenchStage, count: number, options: BenchOptions): Promise<void> {
  const { rounds = 3, profile } = options;
  const home = await makeTempDir('ui-bench');
  const extensionsDir = path.join(home, 'extensions');
  await installWithProbe(extensionsDir);
  const probeFile = path.join(home, 'probe.port');
  const server = await startServer({
    extensionsDir,
    env: { PROBE_FILE: probeFile },
    settings: { 'localKafka.api.enabled': false, 'localKafka.views.refreshSeconds': 0 },
  });
  const browser = await launchBrowser();
  try {
    await saveConnected(server, stage.bootstrap);
    const figures = new UiFigures(`ui/${count}`);
    const probe = new HostProbe(probeFile);
    for (let round = 0; round < rounds; round++) {
      // A user of its own each time: VS Code would show the views of the last one's window at once.
      const workbench = await openWorkbench(await newContext(browser), server);
      await new UiRun(workbench, probe, stage.gateway, figures, profile).round();
      await probe.forget();
      await workbench.close();
    }
    figures.print();
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** The cluster as a user has saved it who was connected to it when the window closed: it is connected to at once. */
async function saveConnected(server: VscodeServer, bootstrap: string): Promise<void> {
  const state = path.join(server.dataDir, 'User/globalStorage', extensionId, 'state');
  await mkdir(state, { recursive: true });
  const profiles = [{ id: 'bench', name: 'bench', runtime: 'external', bootstrap: [bootstrap] }];
  const saved = { profiles, active: 'bench', 'connected.bench': true };
  for (const [key, value] of Object.entries(saved)) {
    await writeFile(path.join(state, `${key}.json`), JSON.stringify(value));
  }
}
