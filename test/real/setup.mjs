#!/usr/bin/env node
// Brings every real part that the tests need (`npm run test:setup`), and tells at the end which could not be
// brought. Each part is a script beside this file: messages to stderr, the place of the part to stdout.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PARTS = [
  ['jdk.sh'],
  ['maven.sh'],
  ['openssl.sh'],
  ['python.sh'],
  ['kcat.sh'],
  ['kafka.sh', '4'],
  ['kafka.sh', '3.9'],
  ['go.sh'],
];

const folder = dirname(fileURLToPath(import.meta.url));
const failed = [];

for (const [script, ...args] of PARTS) {
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
