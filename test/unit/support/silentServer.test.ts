import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { silentServer } from '../../support/real/silentServer';
import { until } from '../../support/until';

describe('silentServer', () => {
  it('accepts, reads, never answers, and drops its connections when closed', async () => {
    const server = await silentServer();
    const socket = connect(server.port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('error', () => {}); // Being dropped may be seen as a reset.
    socket.on('data', (chunk) => received.push(chunk));
    await new Promise<void>((resolve) => socket.write('hello', () => resolve()));
    await until(() => server.connections() === 1, { deadlineMs: 5000, what: 'the connection to be seen' });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await server.close();
    await closed;
    assert.deepEqual(received, []);
  });
});
