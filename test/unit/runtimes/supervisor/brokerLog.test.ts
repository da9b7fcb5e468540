import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BrokerLog } from '../../../../src/runtimes/supervisor/brokerLog';
import { makeTempDir, removeTempDir } from '../../../support/real/tempDir';

describe('BrokerLog', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await makeTempDir('broker-log');
    file = path.join(folder, 'broker.log');
  });
  afterEach(() => removeTempDir(folder));

  it('writes lines with control characters escaped, to a file of the user alone', () => {
    const log = new BrokerLog(file);
    assert.deepEqual(log.add(['plain', 'evil\u001b[2J\rline']), ['plain', 'evil\\x1b[2J\\x0dline']);
    assert.equal(readFileSync(file, 'utf8'), 'plain\nevil\\x1b[2J\\x0dline\n');
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('rotates before the limit is passed and keeps two older files', () => {
    const log = new BrokerLog(file, { maxBytes: 100 });
    for (let i = 0; i < 50; i++) log.add([`line ${String(i).padStart(2, '0')} ${'x'.repeat(20)}`]);
    assert.deepEqual(readdirSync(folder).sort(), ['broker.log', 'broker.log.1', 'broker.log.2']);
    const lines = ['broker.log.2', 'broker.log.1', 'broker.log'].flatMap((name) => {
      const text = readFileSync(path.join(folder, name), 'utf8');
      assert.ok(text.length <= 100, `${name} has ${text.length} bytes`);
      return text.trimEnd().split('\n');
    });
    const numbers = lines.map((line) => Number(line.slice(5, 7)));
    assert.equal(numbers.at(-1), 49);
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => 50 - numbers.length + index),
      'no line is missing between the files',
    );
  });

  it('counts what an earlier supervisor has written', () => {
    writeFileSync(file, 'y'.repeat(90));
    new BrokerLog(file, { maxBytes: 100 }).add(['0123456789abcdef']);
    assert.equal(readFileSync(file, 'utf8'), '0123456789abcdef\n');
    assert.equal(readFileSync(`${file}.1`, 'utf8').length, 90);
  });

  it('never writes to a file that it has closed, and goes on in a new one once it can', () => {
    const log = new BrokerLog(file, { maxBytes: 20 });
    log.add(['first line']);
    // Neither can the file be renamed nor another one be opened: then somebody else gets the number.
    const moved = `${folder}.moved`;
    renameSync(folder, moved);
    log.add(['lost, for the disk']);
    const other = path.join(moved, 'other');
    const fd = openSync(other, 'w');
    log.add(['lost as well']);
    closeSync(fd);
    assert.equal(readFileSync(other, 'utf8'), '');
    renameSync(moved, folder);
    log.add(['back']);
    assert.match(readFileSync(file, 'utf8'), /back\n$/);
    assert.deepEqual(log.newest(2), ['lost as well', 'back']);
  });

  it('keeps the newest 200 lines in memory', () => {
    const log = new BrokerLog(file);
    log.add(Array.from({ length: 250 }, (_, i) => String(i)));
    assert.equal(log.newest().length, 200);
    assert.equal(log.newest()[0], '50');
    assert.deepEqual(log.newest(2), ['248', '249']);
  });

  it('throws where the file can not be opened', () => {
    assert.throws(() => new BrokerLog(path.join(folder, 'missing', 'broker.log')), { code: 'ENOENT' });
  });
});
