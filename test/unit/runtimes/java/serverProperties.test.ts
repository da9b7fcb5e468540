import assert from 'node:assert/strict';
import { serverProperties } from '../../../../src/runtimes/java/serverProperties';

const input = { dataDir: '/data', host: '127.0.0.1', port: 9092, controllerPort: 40001 };

describe('serverProperties', () => {
  it('listens on loopback only and votes for itself', () => {
    const properties = serverProperties(input);
    assert.equal(properties.get('listeners'), 'PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:40001');
    assert.equal(properties.get('advertised.listeners'), 'PLAINTEXT://127.0.0.1:9092');
    assert.equal(properties.get('controller.quorum.voters'), '1@127.0.0.1:40001');
    assert.equal(properties.get('log.dirs'), '/data');
    assert.equal(properties.get('auto.create.topics.enable'), 'false');
  });

  it("lets the user's entries win", () => {
    const overrides = { 'num.partitions': '7', 'auto.create.topics.enable': 'true', 'my.own': 'x' };
    const properties = serverProperties({ ...input, overrides });
    assert.equal(properties.get('num.partitions'), '7');
    assert.equal(properties.get('auto.create.topics.enable'), 'true');
    assert.equal(properties.get('my.own'), 'x');
  });

  it('refuses entries that decide who listens where, who the node is and where its data lies', () => {
    const refused = ['listeners', 'advertised.listeners', 'listener.security.protocol.map', 'log.dirs'];
    refused.push('process.roles', 'node.id', 'controller.quorum.voters', 'inter.broker.listener.name');
    for (const key of [...refused, ' listeners']) {
      assert.throws(() => serverProperties({ ...input, overrides: { [key]: 'PLAINTEXT://0.0.0.0:9092' } }), {
        code: 'VALIDATION_ERROR',
        message: new RegExp(`The entry ${key} `),
      });
    }
    assert.doesNotThrow(() => serverProperties({ ...input, overrides: { 'listener.name.x.y': '1' } }));
  });

  it('refuses a path that Kafka would take for two', () => {
    assert.throws(() => serverProperties({ ...input, dataDir: '/a,b' }), { code: 'VALIDATION_ERROR' });
  });
});
