import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundles, dist } from '../support/bundles';

const KB = 1000;

describe('the bundles', () => {
  const all = bundles();
  const bundle = (name: string): (typeof all)[number] => {
    const found = all.find((one) => one.name === name);
    assert.ok(found, `dist/${name} is not built`);
    return found;
  };

  it('keep their budgets, since what is loaded has to be read and compiled first', () => {
    const budgets: Record<string, number> = {
      'extension.js': 150 * KB,
      'api.js': 400 * KB,
      'supervisor.js': 30 * KB,
      'embeddedBroker.js': 30 * KB,
    };
    for (const [name, most] of Object.entries(budgets)) {
      assert.ok(bundle(name).bytes <= most, `${name} has ${bundle(name).bytes} bytes, more than ${most}`);
    }
  });

  it('load the large packages with the chunk that needs them, never with the extension', () => {
    const heavy = /node_modules\/(kafkajs|hono|@hono|dockerode|swagger-ui|tar|https-proxy-agent)/;
    const layers = /^src\/(kafka|api)\//;
    const { inputs } = bundle('extension.js');
    assert.deepEqual(
      inputs.filter((file) => heavy.test(file) || layers.test(file)),
      [],
    );
    assert.ok(bundle('kafka.js').inputs.some((file) => file.includes('node_modules/kafkajs/')));
    assert.ok(bundle('api.js').inputs.some((file) => file.includes('node_modules/hono/')));
  });

  it('hold no code of the tests, and nothing of the machine that built them', () => {
    const root = join(dist, '..');
    for (const { name, inputs } of all) {
      assert.deepEqual(
        inputs.filter((file) => file.startsWith('test/') || file.startsWith('..')),
        [],
        name,
      );
      assert.ok(!readFileSync(join(dist, name), 'utf8').includes(root), `${name} names ${root}`);
    }
  });
});
