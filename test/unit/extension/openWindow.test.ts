import assert from 'node:assert/strict';
import { createLogger } from '../../../src/base/logger';
import { openWindow, type OpenWindowOptions } from '../../../src/extension/openWindow';

/** Fakes that only tell in which order they were called. */
function setUp(watch: () => Promise<void>) {
  const calls: string[] = [];
  const warnings: string[] = [];
  const call = (name: string) => () => Promise.resolve(void calls.push(name));
  const app = {
    clusters: { activeId: undefined, onDidChangeProfiles: () => ({ dispose: () => {} }) },
    registry: { load: call('load'), restore: call('restore') },
  };
  const opened = openWindow({
    app: app as unknown as OpenWindowOptions['app'],
    api: {} as OpenWindowOptions['api'],
    logger: createLogger((level, message) => warnings.push(`${level} ${message}`)),
    watch: () => {
      calls.push('watch');
      return watch();
    },
    isApiEnabled: () => false,
    startsOnOpen: () => false,
  });
  return { calls, warnings, opened };
}

describe('openWindow', () => {
  it('reads what was saved before it began to hear of changes', async () => {
    const { calls, opened } = setUp(() => Promise.resolve());
    await opened.done;
    assert.deepEqual(calls, ['watch', 'load', 'restore']);
  });

  it('goes on where other windows can not be heard of, and says so', async () => {
    const { calls, warnings, opened } = setUp(() => Promise.reject(new Error('ENOSPC')));
    await opened.done;
    assert.deepEqual(calls, ['watch', 'load', 'restore']);
    assert.equal(warnings.length, 1);
  });
});
