import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/base/event';
import type { BrokerExit, RunningBroker } from '../../../../src/core/ports';
import type { ArchiveMaker } from '../../../../src/runtimes/java/archiveMaker';
import { JavaBroker } from '../../../../src/runtimes/java/javaBroker';

/** What a broker's end does to the making of its archive, with fakes of both. */
function endOf(exit: Partial<BrokerExit>): string[] {
  const calls: string[] = [];
  const exited = new Emitter<BrokerExit>();
  const inner = { onDidExit: exited.event, dispose: () => {} } as unknown as RunningBroker;
  const maker = {
    cancel: () => calls.push('cancel'),
    finish: (ms: number) => Promise.resolve(void calls.push(`finish ${ms}`)),
  } as unknown as ArchiveMaker;
  new JavaBroker(inner, { maker, onCrash: () => calls.push('crash') });
  exited.fire({ expected: false, code: null, signal: null, lastLog: [], ...exit });
  return calls;
}

describe('JavaBroker', () => {
  it('leaves the archive its time when the broker was stopped', () => {
    assert.deepEqual(endOf({ expected: true, code: 143 }), ['finish 3000']);
  });

  it('ends the making at once when the broker was not', () => {
    assert.deepEqual(endOf({ signal: 'SIGKILL' }), ['cancel']);
    assert.deepEqual(endOf({ signal: 'SIGSEGV' }), ['cancel', 'crash']);
  });
});
