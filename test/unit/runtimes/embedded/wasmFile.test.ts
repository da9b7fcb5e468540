import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import expectedBroker from '../../../../src/runtimes/embedded/broker/kfakeWasm.json';
import { StartError } from '../../../../src/runtimes/embedded/host/exitCodes';
import {
  isIntact,
  keepUnpacked,
  readUnpacked,
  unpack,
} from '../../../../src/runtimes/embedded/host/wasmFile';
import { makeTempDir, removeTempDir } from '../../../support/real/tempDir';

describe('the file of the embedded broker', () => {
  const program = randomBytes(100_000);
  const expected = {
    bytes: program.length,
    sha256: createHash('sha256').update(program).digest('hex'),
  };
  let folder: string;
  let lines: string[];
  const log = (level: string, line: string): void => void lines.push(`${level} ${line}`);

  beforeEach(async () => {
    folder = await makeTempDir('wasm-file');
    lines = [];
  });
  afterEach(async () => removeTempDir(folder));

  it('is committed with the size and hash of its unpacked bytes', () => {
    const broker = fileURLToPath(
      new URL('../../../../src/runtimes/embedded/broker/kfake.wasm.br', import.meta.url),
    );
    assert.ok(isIntact(brotliDecompressSync(readFileSync(broker)), expectedBroker));
  });

  it('knows damaged bytes, be they fewer, more or others', () => {
    assert.ok(isIntact(program, expected));
    const flipped = Buffer.from(program);
    flipped[99_999]! ^= 1;
    for (const damaged of [
      program.subarray(0, -1),
      Buffer.concat([program, Buffer.of(0)]),
      flipped,
      Buffer.alloc(0),
    ]) {
      assert.equal(isIntact(damaged, expected), false);
    }
  });

  it('is unpacked, kept, and read again', async () => {
    writeFileSync(join(folder, 'kfake.wasm.br'), brotliCompressSync(program));
    assert.equal(await readUnpacked(folder), undefined);
    const unpacked = await unpack(folder, expected);
    assert.deepEqual(Buffer.from(unpacked), program);
    await keepUnpacked(folder, unpacked, log);
    assert.deepEqual(await readUnpacked(folder), program);
    assert.deepEqual(readdirSync(folder).sort(), ['kfake.wasm', 'kfake.wasm.br']);
    assert.deepEqual(lines, []);
  });

  it('replaces what is there', async () => {
    writeFileSync(join(folder, 'kfake.wasm'), 'half');
    await keepUnpacked(folder, program, log);
    assert.deepEqual(await readUnpacked(folder), program);
  });

  it('says which file can not be used, and what to do', async () => {
    const packed = join(folder, 'kfake.wasm.br');
    const unusable = (what: string) => (error: unknown) =>
      error instanceof StartError &&
      error.message.includes(`${packed} ${what}`) &&
      error.message.endsWith('Install the extension again.');
    await assert.rejects(unpack(folder, expected), unusable("can't be read: ENOENT"));
    writeFileSync(packed, brotliCompressSync(program).subarray(0, 50_000));
    await assert.rejects(unpack(folder, expected), unusable("can't be read: "));
    writeFileSync(packed, brotliCompressSync(randomBytes(100_000)));
    await assert.rejects(unpack(folder, expected), unusable('is damaged'));
  });

  it('leaves nothing behind and does not fail where it can not be kept', async () => {
    // A folder can't be replaced by a file, whoever is asking.
    mkdirSync(join(folder, 'kfake.wasm'));
    await keepUnpacked(folder, program, log);
    assert.deepEqual(readdirSync(folder), ['kfake.wasm']);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^INF the unpacked broker was not kept for the next start: /);
    lines = [];
    await keepUnpacked(join(folder, 'gone'), program, log);
    assert.equal(lines.length, 1);
  });

  it('removes what an earlier process left half-written, but not what one is writing now', async () => {
    const old = join(folder, 'kfake.wasm.11');
    const young = join(folder, 'kfake.wasm.12');
    for (const file of [old, young]) writeFileSync(file, 'half');
    const tenMinutesAgo = Date.now() / 1000 - 600;
    utimesSync(old, tenMinutesAgo, tenMinutesAgo);
    await keepUnpacked(folder, program, log);
    assert.equal(existsSync(old), false);
    assert.ok(existsSync(young));
  });
});
