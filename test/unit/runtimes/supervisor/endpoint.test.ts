import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import path from 'node:path';
import { claimEndpoint, connectEndpoint } from '../../../../src/runtimes/supervisor/endpoint';
import { makeTempDir, removeTempDir } from '../../../support/real/tempDir';

describe('the endpoint of a profile', () => {
  let folder: string;
  const servers: Server[] = [];

  function server(name = 'x'): Server {
    const made = createServer((socket) => {
      // Others only look whether somebody is here, and go.
      socket.on('error', () => {});
      socket.end(name);
    });
    servers.push(made);
    return made;
  }

  async function whoAnswers(profileDir: string): Promise<string | undefined> {
    const socket = await connectEndpoint(profileDir);
    if (!socket) return undefined;
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'close');
    return Buffer.concat(chunks).toString();
  }

  beforeEach(async () => {
    folder = await makeTempDir('endpoint');
  });
  afterEach(async () => {
    for (const one of servers.splice(0)) if (one.listening) one.close();
    await removeTempDir(folder);
  });

  it('has nobody behind it in a folder that is empty or missing', async () => {
    assert.equal(await connectEndpoint(folder), undefined);
    assert.equal(await connectEndpoint(path.join(folder, 'missing')), undefined);
  });

  it('belongs to the first who claims it', async () => {
    assert.equal(await claimEndpoint(folder, server('first')), true);
    const second = server('second');
    assert.equal(await claimEndpoint(folder, second), false);
    assert.equal(second.listening, false);
    assert.equal(await whoAnswers(folder), 'first');
  });

  it('belongs to one of many who claim it at the same moment, after a clean end as after a crash', async () => {
    for (const left of ['nothing', 'clean', 'crash']) {
      if (left === 'clean') {
        // The one that has it closes: Node deletes its socket, the link stays.
        const owner = servers.find((one) => one.listening);
        await new Promise((resolve) => owner?.close(resolve));
      }
      if (left === 'crash') {
        // What kill -9 leaves: a link to a socket on which nobody listens.
        const owner = servers.find((one) => one.listening);
        await new Promise((resolve) => owner?.close(resolve));
        const newest = Math.max(
          ...(await readdir(folder)).map((name) => Number(name.replace('supervisor-', ''))),
        );
        await symlink(path.join(folder, 's-dead'), path.join(folder, `supervisor-${newest + 1}`));
      }
      const contenders = Array.from({ length: 16 }, (_, i) => server(String(i)));
      const won = await Promise.all(contenders.map((one) => claimEndpoint(folder, one)));
      assert.equal(won.filter(Boolean).length, 1, left);
      assert.equal(contenders.filter((one) => one.listening).length, 1, left);
      assert.equal(await whoAnswers(folder), String(won.indexOf(true)), left);
    }
  });

  it('leaves one link and one socket behind, not one for each start', async () => {
    for (let i = 0; i < 5; i++) {
      const one = server();
      assert.equal(await claimEndpoint(folder, one), true);
      assert.equal((await readdir(folder)).length, 2);
      await new Promise((resolve) => one.close(resolve));
    }
  });

  it('works in a folder whose path is too long for a socket', async () => {
    const long = path.join(folder, 'x'.repeat(120));
    await mkdir(long);
    assert.equal(await claimEndpoint(long, server('long')), true);
    assert.equal(await claimEndpoint(long, server('other')), false);
    assert.equal(await whoAnswers(long), 'long');
    const target = await readlink(path.join(long, 'supervisor-1'));
    assert.ok(Buffer.byteLength(target) <= 100, target);
  });
});
