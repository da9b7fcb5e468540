import assert from 'node:assert/strict';
import { until } from '../../support/until';

describe('until', () => {
  it('gives the first truthy value', async () => {
    let looks = 0;
    const value = await until(() => (++looks < 3 ? undefined : `look ${looks}`), {
      deadlineMs: 5000,
      what: 'the third look',
      everyMs: 1,
    });
    assert.equal(value, 'look 3');
  });

  it('takes an error for "not yet"', async () => {
    let looks = 0;
    const condition = async () => {
      looks++;
      if (looks < 2) throw new Error('too early');
      return looks;
    };
    assert.equal(await until(condition, { deadlineMs: 5000, what: 'two looks', everyMs: 1 }), 2);
  });

  it('fails at the deadline, with what it waited for and the last error', async () => {
    const condition = () => {
      throw new Error('connection refused');
    };
    await assert.rejects(until(condition, { deadlineMs: 5, what: 'the broker', everyMs: 1 }), {
      message: 'waited 5 ms for the broker: connection refused',
    });
    await assert.rejects(
      until(() => false, { deadlineMs: 5, what: 'a sign', everyMs: 1 }),
      {
        message: 'waited 5 ms for a sign',
      },
    );
  });
});
