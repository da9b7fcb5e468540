#!/usr/bin/env node
// Brings the real parts that the tests need (`npm run test:setup`), all of them or those of the rings that are named,
// and tells at the end which could not be brought. Each part is a script beside this file: messages to stderr, the
// place of the part to stdout.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PARTS_OF = {
  integration: [
    ['jdk.sh'],
    ['maven.sh'],
    ['openssl.sh'],
    ['python.sh'],
    ['kcat.sh'],
    ['kafka.sh', '4'],
    ['kafka.sh', '3.9'],
    ['go.sh'],
  ],
  e2e: [['vscode.sh'], ['chromium.sh']],
};

const folder = dirname(fileURLToPath(import.meta.url));
const asked = process.argv.slice(2);
const rings = asked.length > 0 ? asked : Object.keys(PARTS_OF);
const failed = [];

for (const [script, ...args] of rings.flatMap((ring) => PARTS_OF[ring])) {
  const part = [script, ...args].join(' ');
  const began = performance.now();
  const run = spawnSync('bash', [join(folder, script), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (run.status === 0) {
    console.log(`${part}: ${run.stdout.trim()} (${seconds} s)`);
  } else {
    failed.push(part);
    if (run.error) console.error(`${part}: ${run.error.message}`);
  }
}

if (failed.length > 0) {
  console.error(`FAILED: ${failed.join(', ')}. The reasons are above.`);
  process.exitCode = 1;
}
