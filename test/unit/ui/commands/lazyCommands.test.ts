import assert from 'node:assert/strict';
import { lazyCommands } from '../../../../src/ui/commands/lazyCommands';

describe('lazyCommands', () => {
  it('loads once, and again after a load that failed', async () => {
    let loads = 0;
    let calls = 0;
    const handlers = lazyCommands(['localKafka.stop'], {}, () => {
      loads++;
      return loads === 1
        ? Promise.reject(new Error('the chunk can not be read'))
        : Promise.resolve({
            'localKafka.stop': () => {
              calls++;
            },
          });
    });
    const stop = handlers['localKafka.stop'] as () => Promise<void>;
    await assert.rejects(stop(), /the chunk can not be read/);
    await stop();
    await stop();
    assert.deepEqual([loads, calls], [2, 2]);
  });
});
