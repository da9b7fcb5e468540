import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_PARTITIONS } from '../../../src/contract/limits';
import { FROM_PATTERN, TO_PATTERN } from '../../../src/contract/rest/consume';
import {
  booleanParam,
  intParam,
  partitionCountSchema,
  topicNameSchema,
} from '../../../src/contract/rest/fields';
import { messageSchema } from '../../../src/contract/rest/produce';
import { topicNameProblem } from '../../../src/contract/topicName';

describe('REST fields', () => {
  it('take the same topic names as the rest of the program', () => {
    const chars = fc.string({
      unit: fc.constantFrom('a', 'Z', '0', '.', '_', '-', ' ', 'ü', '/'),
      maxLength: 4,
    });
    const names = fc.oneof(chars, fc.constantFrom('.', '..', '...', 'x'.repeat(249), 'x'.repeat(250), 'a\n'));
    fc.assert(
      fc.property(names, (name) => {
        assert.equal(topicNameSchema.safeParse(name).success, topicNameProblem(name) === undefined, name);
      }),
    );
  });

  it('take whole numbers of a query and nothing that only looks like one', () => {
    const schema = intParam(0, 100);
    assert.equal(schema.parse('7'), 7);
    assert.equal(schema.parse('100'), 100);
    for (const bad of [
      '',
      ' 7',
      '7 ',
      '7.0',
      '1e1',
      '0x7',
      '101',
      '-1',
      '٧',
      '9'.repeat(17),
      7,
      null,
      ['7'],
    ]) {
      assert.equal(schema.safeParse(bad).success, false, JSON.stringify(bad));
    }
    assert.equal(booleanParam.parse('false'), false);
    for (const bad of ['', 'AAA', '1', 'TRUE']) assert.equal(booleanParam.safeParse(bad).success, false);
  });

  it('take as many partitions as the rest of the program', () => {
    for (const good of [1, MAX_PARTITIONS]) assert.ok(partitionCountSchema.safeParse(good).success);
    for (const bad of [0, MAX_PARTITIONS + 1, 100_001]) {
      assert.equal(partitionCountSchema.safeParse(bad).success, false, `${bad}`);
    }
  });

  it('know where a read may begin and end', () => {
    for (const good of [
      'beginning',
      'end',
      'last:1',
      'offset:0',
      'time:0',
      'time:2026-01-01T00:00Z',
      'time:2026-01-01T00:00:00.123456789+01:00',
    ]) {
      assert.match(good, FROM_PATTERN);
    }
    for (const bad of [
      'last:0',
      'last:',
      'offset:-1',
      'time:2026-01-01',
      'end ',
      'END',
      'time:2026-01-01T24:00Z',
    ]) {
      assert.doesNotMatch(bad, FROM_PATTERN);
    }
    assert.doesNotMatch('beginning', TO_PATTERN);
    assert.doesNotMatch('last:1', TO_PATTERN);
  });

  it('answer long hostile texts at once', () => {
    const startedAt = performance.now();
    for (const text of [
      'time:' + '1'.repeat(100_000),
      'offset:' + '9'.repeat(100_000),
      '.'.repeat(100_000),
    ]) {
      assert.doesNotMatch(text, FROM_PATTERN);
      assert.equal(topicNameSchema.safeParse(text).success, false);
    }
    assert.ok(performance.now() - startedAt < 50);
  });

  it('do not take a forgotten value for a tombstone', () => {
    assert.equal(messageSchema.safeParse({ key: 'k' }).success, false);
    assert.equal(messageSchema.safeParse({ key: 'k', value: null }).success, true);
  });
});
