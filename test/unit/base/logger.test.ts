import assert from 'node:assert/strict';
import { createLogger, describeError, escapeControl, type LogLevel } from '../../../src/base/logger';

describe('logger', () => {
  it('filters by level and names the component', () => {
    const lines: [LogLevel, string][] = [];
    const logger = createLogger((level, line) => lines.push([level, line]), 'info')
      .child('api')
      .child('guard');
    logger.debug('unseen');
    logger.warn('seen');
    assert.deepEqual(lines, [['warn', '[api.guard] seen']]);
  });

  it('a hostile name can not forge a line or drive a terminal', () => {
    assert.equal(escapeControl('a\n\u001b[2Jb\u2028'), 'a\\x0a\\x1b[2Jb\\u2028');
  });

  it('tells all causes, and survives a loop of them', () => {
    const inner = new Error('inner');
    const outer = new Error('outer', { cause: inner });
    assert.equal(describeError(outer), 'Error: outer <- Error: inner');
    inner.cause = outer;
    assert.ok(describeError(outer).length < 500);
  });
});
