// Takes the lock of the data directory that is its argument, says so, and keeps it until it is killed.
import { lockDataDir } from '../../../../../src/runtimes/embedded/host/dataLock';

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('usage: holdLock.ts DIR');
void lockDataDir(dataDir).then(() => {
  process.stdout.write('held\n');
  setInterval(() => undefined, 1000);
});
