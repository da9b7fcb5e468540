import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../src/contract/errors';
import { parseCommandLine, helpText } from '../../../src/headless/cli';
import { readSettings, unusedVariables } from '../../../src/headless/environment';

const problem = (work: () => unknown): KafkaManagerError => {
  try {
    work();
  } catch (error) {
    if (error instanceof KafkaManagerError) return error;
    throw error;
  }
  return assert.fail('was accepted');
};

describe('settings from the environment', () => {
  it('has defaults that work without any', () => {
    const settings = readSettings({});
    assert.equal(settings.runtime, 'embedded');
    assert.equal(settings.kafkaPort, 9092);
    assert.equal(settings.apiPort, 8000);
  });

  it("takes the modelled service's names, ours first", () => {
    assert.equal(readSettings({ API_PORT: '8100' }).apiPort, 8100);
    assert.equal(readSettings({ API_PORT: '8100', LOCAL_KAFKA_API_PORT: '8200' }).apiPort, 8200);
    const { bootstrap } = readSettings({ KAFKA_BOOTSTRAP_SERVERS: 'a:1, b:2' });
    assert.deepEqual(bootstrap, ['a:1', 'b:2']);
    const odd = { CORS_ORIGINS: 'x', KAFKA_REST_PROXY_URL: '', LOCAL_KAFKA_PROT: '1', LOCAL_KAFKA_PORT: '1' };
    assert.deepEqual(unusedVariables(odd), ['CORS_ORIGINS', 'LOCAL_KAFKA_PROT']);
  });

  it('the environment picks stricter defaults', () => {
    assert.equal(readSettings({ ENVIRONMENT: 'production' }).logLevel, 'warn');
    assert.equal(readSettings({ ENVIRONMENT: 'testing' }).apiPort, 0);
    assert.match(
      problem(() => readSettings({ ENVIRONMENT: 'production', LOCAL_KAFKA_TLS_VERIFY: 'false' })).message,
      /LOCAL_KAFKA_TLS_VERIFY/,
    );
  });

  it('a bad value names the key, the value and what is allowed', () => {
    for (const [env, text] of [
      [
        { LOCAL_KAFKA_API_PORT: '99999' },
        'LOCAL_KAFKA_API_PORT is "99999", but must be a whole number from 0 to 65535.',
      ],
      [{ API_PORT: 'abc' }, 'API_PORT is "abc", but must be a whole number from 0 to 65535.'],
      [
        { LOCAL_KAFKA_RUNTIME: 'docker!' },
        'LOCAL_KAFKA_RUNTIME is "docker!", but must be embedded, java, external.',
      ],
      [{ LOCAL_KAFKA_TLS: 'yes' }, 'LOCAL_KAFKA_TLS is "yes", but must be true, false.'],
      [{ KAFKA_BOOTSTRAP_SERVERS: 'nowhere' }, /KAFKA_BOOTSTRAP_SERVERS is "nowhere".*host:port/],
      [{ ENVIRONMENT: 'prod' }, /ENVIRONMENT is "prod".*production/],
    ] as const) {
      const error = problem(() => readSettings(env));
      assert.equal(error.code, 'VALIDATION_ERROR');
      if (typeof text === 'string') assert.equal(error.message, text);
      else assert.match(error.message, text);
    }
  });

  it('the key of the API can not be turned off', () => {
    assert.match(problem(() => readSettings({ API_KEY_REQUIRED: 'false' })).message, /API_KEY_REQUIRED/);
    readSettings({ API_KEY_REQUIRED: 'true' });
  });

  it('says what belongs together, and never a secret', () => {
    assert.match(problem(() => readSettings({ LOCAL_KAFKA_RUNTIME: 'external' })).remedy, /--bootstrap/);
    const half = { LOCAL_KAFKA_SASL_MECHANISM: 'PLAIN', LOCAL_KAFKA_SASL_PASSWORD: 'hush' };
    const error = problem(() => readSettings(half));
    assert.match(error.message, /LOCAL_KAFKA_SASL_USERNAME/);
    assert.ok(!JSON.stringify([error.message, error.details, error.remedy]).includes('hush'));
    assert.match(problem(() => readSettings({ LOCAL_KAFKA_SASL_USERNAME: 'u' })).message, /SASL_MECHANISM/);
    assert.match(
      problem(() => readSettings({ LOCAL_KAFKA_TLS_CERT: 'x.pem' })).message,
      /LOCAL_KAFKA_TLS_KEY/,
    );
  });
});

describe('command line', () => {
  it('wins over the environment', () => {
    const { overrides, once } = parseCommandLine([
      '--runtime',
      'java',
      '--kafka-home',
      '/k',
      '--api-port',
      '9',
      '--once',
    ]);
    const settings = readSettings({ LOCAL_KAFKA_RUNTIME: 'embedded', API_PORT: '1' }, overrides);
    assert.deepEqual([settings.runtime, settings.kafkaHome, settings.apiPort, once], ['java', '/k', 9, true]);
  });

  it('naming a cluster or a Kafka is asking for it', () => {
    assert.equal(readSettings({}, parseCommandLine(['--bootstrap', 'h:1']).overrides).runtime, 'external');
    assert.equal(readSettings({}, parseCommandLine(['--kafka-home', '/k']).overrides).runtime, 'java');
  });

  it('refuses what it does not know, with a way out', () => {
    for (const args of [['--runtim', 'java'], ['extra'], ['--port']]) {
      const error = problem(() => parseCommandLine(args));
      assert.equal(error.code, 'VALIDATION_ERROR');
      assert.match(error.remedy, /--help/);
    }
    for (const port of ['x', '70000', '-1', '']) {
      assert.equal(
        problem(() => parseCommandLine([`--port=${port}`])).message,
        `--port is "${port}", but must be a whole number from 0 to 65535.`,
      );
    }
    assert.match(
      problem(() => readSettings({}, parseCommandLine(['--data=']).overrides)).message,
      /^--data is/,
    );
    assert.match(
      problem(() => readSettings({}, parseCommandLine(['--runtime', 'kraft']).overrides)).message,
      /--runtime is "kraft"/,
    );
  });

  it('the help names every setting', () => {
    assert.match(helpText(), /--once/);
    assert.match(helpText(), /LOCAL_KAFKA_OAUTH_SCOPE/);
  });
});
