// bulkFlow.ts BOOTSTRAP TOPIC COUNT: imports that many lines and exports them again, without ever holding all of them;
// prints what it counted, and by how much memory grew behind the first tenth, as JSON.
import { exportAll, openBulk } from './bulkStage';

const LINES_PER_CHUNK = 400;
const [bootstrap = '', topic = '', count = '0'] = process.argv.slice(2);
const total = Number(count);

/** Lines of a file that is made while it is read. */
async function* chunks() {
  const pad = 'x'.repeat(170);
  for (let i = 0; i < total;) {
    let chunk = '';
    for (let j = 0; j < LINES_PER_CHUNK && i < total; j++, i++) {
      chunk += `{"partition":${i % 3},"key":"key ${i}","value":"${i} ${pad}","headers":[["h","${i}"]]}\n`;
    }
    yield Buffer.from(chunk);
    if (i >= total / 10) memory.base ??= process.memoryUsage.rss();
  }
}

const memory: { base: number | undefined; peak: number } = { base: undefined, peak: 0 };
const watch = setInterval(() => (memory.peak = Math.max(memory.peak, process.memoryUsage.rss())), 20);

/** Growth behind the first tenth, in MiB; the next measurement begins. */
function growth(): number {
  const grown = Math.round((memory.peak - (memory.base ?? memory.peak)) / 1024 / 1024);
  memory.base = undefined;
  memory.peak = 0;
  return grown;
}

async function main(): Promise<void> {
  const stage = await openBulk(bootstrap);
  const began = performance.now();
  const report = await stage.bulk.importRecords(undefined, topic, chunks(), { keepPartition: true });
  const importSeconds = (performance.now() - began) / 1000;
  const importGrowth = growth();
  let lines = 0;
  let bytes = 0;
  const again = performance.now();
  const summary = await exportAll(
    stage.bulk.exportRecords(undefined, { topic, from: { at: 'beginning' } }),
    (chunk) => {
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines++;
      bytes += chunk.length;
      if (lines >= total / 10) memory.base ??= process.memoryUsage.rss();
    },
  );
  const exportSeconds = (performance.now() - again) / 1000;
  const exportGrowth = growth();
  clearInterval(watch);
  await stage.dispose();
  const { written, failed, ended } = report;
  const { stopReason, problems } = summary;
  process.stdout.write(
    JSON.stringify({
      written,
      failed,
      ended: ended?.message,
      importSeconds,
      importGrowth,
      lines,
      bytes,
      stopReason,
      problems: problems.length,
      exportSeconds,
      exportGrowth,
    }),
  );
}

void main();
