import assert from 'node:assert/strict';
import { freePort, freePorts } from '../../support/freePort';
import { httpServer } from '../../support/real/httpServer';

describe('freePort', () => {
  it('gives ports that differ', async () => {
    const ports = await freePorts(20);
    assert.equal(new Set(ports).size, 20);
    assert.ok((await freePort()) > 0);
  });

  it('does not give a port that is in use', async () => {
    const server = await httpServer((_request, response) => response.end('here'));
    try {
      assert.ok(!(await freePorts(50)).includes(server.port));
      assert.equal(await (await fetch(server.url)).text(), 'here');
    } finally {
      await server.close();
    }
  });
});
