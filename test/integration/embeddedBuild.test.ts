import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { run } from '../support/real/children';
import { realPart } from '../support/real/realPart';
import { makeTempDir } from '../support/real/tempDir';

const broker = fileURLToPath(new URL('../../src/runtimes/embedded/broker', import.meta.url));

describe('the build of the embedded broker', function () {
  this.timeout(600_000);

  it('passes the Go tests of what was added to kfake', async () => {
    const go = await realPart('go.sh');
    await run(process.execPath, [join(broker, 'build.mjs'), '--test'], {
      env: { ...process.env, LKM_GO: go },
      deadlineMs: 500_000,
    });
  });

  it('gives the committed bytes again', async () => {
    const go = await realPart('go.sh');
    const out = await makeTempDir('broker-build');
    await run(process.execPath, [join(broker, 'build.mjs'), '--out', out], {
      env: { ...process.env, LKM_GO: go },
      deadlineMs: 500_000,
    });
    const built = readFileSync(join(out, 'kfake.wasm'));
    const committed = brotliDecompressSync(readFileSync(join(broker, 'kfake.wasm.br')));
    assert.ok(built.equals(committed), 'kfake.wasm.br is not what its sources make: npm run build:broker');
    assert.equal(
      readFileSync(join(out, 'wasm_exec.js'), 'utf8'),
      readFileSync(join(broker, 'wasm_exec.js'), 'utf8'),
      'wasm_exec.js is not the one of the pinned Go toolchain: npm run build:broker',
    );
    assert.doesNotMatch(
      built.toString('latin1'),
      /lkm-broker-|\/root\/|\/home\//,
      'a path of this machine is in it',
    );
  });
});
