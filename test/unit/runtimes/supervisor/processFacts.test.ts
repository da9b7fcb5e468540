import assert from 'node:assert/strict';
import { once } from 'node:events';
import { identityOf, usageOf } from '../../../../src/runtimes/supervisor/processFacts';
import { spawnTracked } from '../../../support/real/children';
import { until } from '../../../support/until';

describe('facts about processes', () => {
  it('tell one process from another, and the same for the same one', async () => {
    const child = spawnTracked(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'some-marker']);
    await once(child, 'spawn');
    // The harness starts its children by another program, which becomes this one a moment later.
    await until(async () => (await identityOf(child.pid!))?.commandLine.includes('some-marker'), {
      deadlineMs: 5000,
      what: 'the command line',
    });
    const [first, again, own] = await Promise.all([
      identityOf(child.pid!),
      identityOf(child.pid!),
      identityOf(process.pid),
    ]);
    assert.deepEqual(first, again);
    assert.match(first?.commandLine ?? '', /some-marker/);
    assert.notEqual(first?.startTime, own?.startTime);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(await identityOf(child.pid!), undefined);
    assert.equal(await usageOf(child.pid!), undefined);
  });

  it('count the CPU time and the memory that Node itself counts', async () => {
    for (const end = Date.now() + 200; Date.now() < end;) Math.sqrt(Date.now());
    const usage = await usageOf(process.pid);
    const { user, system } = process.cpuUsage();
    assert.ok(usage);
    assert.ok(Math.abs(usage.cpuSeconds - (user + system) / 1e6) < 0.5, `${usage.cpuSeconds} s`);
    const ratio = usage.residentBytes / process.memoryUsage.rss();
    assert.ok(ratio > 0.5 && ratio < 2, `${ratio} of what Node says`);
  });
});
