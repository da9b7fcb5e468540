import assert from 'node:assert/strict';
import { embeddedBrokerCommand } from '../../../../src/runtimes/embedded/command';
import { parseConfig } from '../../../../src/runtimes/embedded/host/config';
import { escapeLine } from '../../../../src/runtimes/embedded/host/log';
import { brokerConfig } from './support/brokerProcess';

const good = brokerConfig('/data');

describe('the config of the embedded broker', () => {
  it('comes back as the command passes it', () => {
    const config = { ...good, advertisedHost: 'localhost' };
    const { env } = embeddedBrokerCommand(config, '/dist');
    assert.deepEqual(parseConfig(env['LKM_EMBEDDED_BROKER']), config);
    assert.deepEqual(parseConfig(JSON.stringify(good)), good);
  });

  it('says what is wrong with a value', () => {
    const bad: Record<string, unknown[]> = {
      host: ['', 5, undefined, 'a\0b'],
      port: [-1, 65_536, 1.5, '9092', null],
      advertisedHost: ['', 7],
      clusterId: [''],
      dataDir: ['relative/path', '', 7],
      defaultPartitions: [0, 10_001],
      dataCapBytes: [0, 1024, Number.NaN],
      logLevel: ['trace', undefined],
    };
    for (const [key, values] of Object.entries(bad)) {
      for (const value of values) {
        assert.throws(
          () => parseConfig(JSON.stringify({ ...good, [key]: value })),
          new RegExp(`"${key}" is .*, but must be `),
          `${key} ${String(value)}`,
        );
      }
    }
    assert.throws(() => parseConfig(JSON.stringify({ ...good, prot: 1 })), /"prot" is not known/);
    assert.throws(() => parseConfig(undefined), /is not set/);
    assert.throws(() => parseConfig('{'), /is not JSON/);
    assert.throws(() => parseConfig('[]'), /is not a JSON object/);
  });

  it('takes the absolute paths of every system', () => {
    for (const dataDir of ['/home/me/data', 'C:\\Users\\me', 'c:/x', '\\\\server\\share']) {
      assert.equal(parseConfig(JSON.stringify({ ...good, dataDir })).dataDir, dataDir);
    }
  });

  it('keeps a log line a line', () => {
    assert.equal(escapeLine('a\nb\r\u001b[31mc\u2028é'), 'a\\u000ab\\u000d\\u001b[31mc\\u2028é');
  });
});
