import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { bindOnce, choosePort } from '../../../../src/runtimes/ports/choosePort';

/** A fake machine on which the given ports are taken; the kernel's choice is 50000. */
function machine(...taken: number[]): {
  tryPort: (host: string, port: number) => Promise<number | undefined>;
} {
  return {
    tryPort: (_host, port) => Promise.resolve(port === 0 ? 50_000 : taken.includes(port) ? undefined : port),
  };
}

describe('choosePort', () => {
  it('takes the wanted port where it is free, also if another one is remembered', async () => {
    assert.deepEqual(await choosePort(9092, { remembered: 9100, ...machine() }), {
      port: 9092,
      isWantedTaken: false,
    });
  });

  it('takes the remembered port, then the next free one above', async () => {
    assert.deepEqual(await choosePort(9092, { remembered: 9100, ...machine(9092) }), {
      port: 9100,
      isWantedTaken: true,
    });
    assert.deepEqual(await choosePort(9092, { remembered: 9100, ...machine(9092, 9093, 9100) }), {
      port: 9094,
      isWantedTaken: true,
    });
  });

  it('leaves out ports that are known to be taken', async () => {
    const choice = await choosePort(9092, { skip: new Set([9092, 9093]), ...machine() });
    assert.deepEqual(choice, { port: 9094, isWantedTaken: true });
  });

  it('asks the kernel after 100 ports, and at the end of the range', async () => {
    const hundred = Array.from({ length: 101 }, (_, i) => 9092 + i);
    assert.equal((await choosePort(9092, machine(...hundred))).port, 50_000);
    assert.equal((await choosePort(9092, machine(...hundred.slice(0, -1)))).port, 9192);
    assert.equal((await choosePort(65_535, machine(65_535))).port, 50_000);
  });

  it('fails where there is no port at all', async () => {
    await assert.rejects(choosePort(9092, { tryPort: () => Promise.resolve(undefined) }), {
      code: 'PORT_IN_USE',
    });
  });

  it('sees a port that a program really has', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      assert.equal(await bindOnce('127.0.0.1', port), undefined);
      assert.notEqual((await choosePort(port)).port, port);
    } finally {
      server.close();
      await once(server, 'close');
    }
    assert.equal(await bindOnce('127.0.0.1', port), port);
  });
});
