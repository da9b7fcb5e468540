import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../../../src/contract/errors';
import type { ProduceOutcome } from '../../../../../src/core/kafkaTypes';
import { mostFailures, SendResult } from '../../../../../src/ui/commands/produce/sendResult';

const sent: ProduceOutcome = { ok: true, produced: { topic: 't', partition: 0, offset: 0, timestamp: 0 } };
const failed = (mayBeWritten = false): ProduceOutcome => ({
  ok: false,
  error: new KafkaManagerError('MESSAGE_TOO_LARGE'),
  mayBeWritten,
});

describe('SendResult', () => {
  it('counts what was sent, what was not, and what nobody knows, with their lines', () => {
    const result = new SendResult();
    for (const line of [1, 3, 4, 9]) result.take(line);
    for (const outcome of [sent, failed(), failed(true), sent]) result.settle(outcome);
    assert.deepEqual([result.sent, result.failed, result.unknown, result.done], [2, 1, 1, 4]);
    assert.deepEqual(
      result.failures.map(({ line, mayBeWritten }) => [line, mayBeWritten]),
      [
        [3, false],
        [4, true],
      ],
    );
  });

  it('keeps lines and outcomes together over very many records', () => {
    const result = new SendResult();
    for (let line = 1; line <= 25_000; line++) {
      result.take(line);
      if (line % 7 === 0) for (let n = 0; n < 7; n++) result.settle(sent);
    }
    const next = result.done + 1;
    result.settle(failed());
    assert.equal(result.failures[0]?.line, next);
  });

  it('takes no more after a hundred failures, and says what was first', () => {
    const result = new SendResult();
    for (let line = 1; line <= mostFailures; line++) {
      result.take(line);
      result.settle(failed());
    }
    assert.throws(() => result.take(101), { code: 'MESSAGE_TOO_LARGE', message: /first was line 1/ });
  });
});
