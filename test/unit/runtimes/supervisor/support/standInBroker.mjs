// A stand-in for a broker: a program that listens on a port, logs, and ends on SIGTERM.
// node standInBroker.mjs PORT [ignore-term] [silent] [die] [print-env] [marker=...]
import { createServer } from 'node:net';
import { setInterval } from 'node:timers';

const [port, ...flags] = process.argv.slice(2);
const has = (flag) => flags.includes(flag);

process.on('SIGTERM', () => {
  console.log('got SIGTERM');
  if (!has('ignore-term')) process.exit(0);
});
console.log('stand-in broker starts');
if (has('print-env')) console.log(`env ${Object.keys(process.env).sort().join(' ')}`);
if (has('die')) {
  console.error('can not go on');
  process.exit(3);
}
if (has('silent')) setInterval(() => {}, 1000);
else {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => console.log(`said ${data.toString().trim()}`));
  });
  server.on('error', (error) => {
    console.error(error.code);
    process.exit(error.code === 'EADDRINUSE' ? 71 : 1);
  });
  server.listen(Number(port), '127.0.0.1', () => console.log('listening'));
}
