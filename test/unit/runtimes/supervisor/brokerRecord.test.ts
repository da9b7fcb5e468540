import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  endLeftBroker,
  findLeftBroker,
  writeBrokerRecord,
} from '../../../../src/runtimes/supervisor/brokerRecord';
import { spawnTracked } from '../../../support/real/children';
import { makeTempDir, removeTempDir } from '../../../support/real/tempDir';

const ignoresTerm = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)";

describe('endLeftBroker', () => {
  let profileDir: string;
  let left: ChildProcess;

  beforeEach(async () => {
    profileDir = await makeTempDir('broker-record');
    const child = spawnTracked(process.execPath, ['-e', ignoresTerm]);
    left = child;
    await once(child.stdout, 'data');
  });
  afterEach(async () => {
    if (left.exitCode === null && left.signalCode === null) {
      left.kill('SIGKILL');
      await once(left, 'exit');
    }
    await removeTempDir(profileDir);
  });

  it('kills one that ignores the stop signal, and forgets it', async () => {
    await writeBrokerRecord(profileDir, left.pid!, { stopTimeoutMs: 100 });
    assert.equal(await endLeftBroker(profileDir), left.pid);
    assert.equal(await findLeftBroker(profileDir), undefined);
  });

  it('gives up when it is aborted, and remembers what is left', async () => {
    await writeBrokerRecord(profileDir, left.pid!, { stopTimeoutMs: 60_000 });
    const abort = new AbortController();
    const ending = endLeftBroker(profileDir, abort.signal);
    abort.abort();
    await assert.rejects(ending, { name: 'AbortError' });
    assert.equal((await findLeftBroker(profileDir))?.pid, left.pid);
  });
});
