import assert from 'node:assert/strict';
import { supervisorEnvironment } from '../../../../src/runtimes/supervisor/supervisorEnvironment';

describe('supervisorEnvironment', () => {
  it('passes on what every program needs, in any case, and nothing else', () => {
    const environment = {
      Path: 'C:\\bin',
      HOME: '/home/me',
      AWS_SECRET_ACCESS_KEY: 'x',
      API_KEY: 'x',
      NODE_OPTIONS: '--inspect',
      LANG: undefined,
    };
    assert.deepEqual(supervisorEnvironment(environment, false), { Path: 'C:\\bin', HOME: '/home/me' });
  });

  it('tells Electron to be Node', () => {
    assert.deepEqual(supervisorEnvironment({}, true), { ELECTRON_RUN_AS_NODE: '1' });
  });
});
