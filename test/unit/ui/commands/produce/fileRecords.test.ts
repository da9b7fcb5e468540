import assert from 'node:assert/strict';
import {
  fileRecords,
  type FileRecordOptions,
  inspectFile,
} from '../../../../../src/ui/commands/produce/fileRecords';

const records = [
  '{"partition":2,"timestamp":5,"key":"k","value":"v","headers":[["h",null]]}',
  '{"value":',
  '',
  '{"value":null}',
].join('\n');

async function sentOf(text: string, options: Partial<FileRecordOptions>) {
  const found = [];
  for await (const one of fileRecords([Buffer.from(text)], { topic: 't', as: 'text', ...options })) {
    found.push(one);
  }
  return found;
}

describe('inspectFile', () => {
  it('counts records, and tells of lines that are none', async () => {
    const content = await inspectFile([Buffer.from(records.slice(0, 30)), Buffer.from(records.slice(30))]);
    assert.equal(content.lines, 3);
    assert.equal(content.records?.good, 2);
    assert.deepEqual(
      content.records.bad.map(({ details }) => details?.['line']),
      [2],
    );
  });

  it('sees no records in lines of another kind', async () => {
    assert.deepEqual(await inspectFile([Buffer.from('{"id":1}\n{"value":"x"}\n')]), {
      lines: 2,
      records: undefined,
    });
  });

  it('sees no lines in what is no text', async () => {
    assert.deepEqual(await inspectFile([Buffer.from([0xff, 0xfe, 0x0a, 0x41])]), {
      lines: undefined,
      records: undefined,
    });
  });

  it('stops when it is cancelled', async () => {
    await assert.rejects(inspectFile([Buffer.from('a\n')], AbortSignal.abort()), { name: 'AbortError' });
  });
});

describe('fileRecords', () => {
  it('takes lines as values, exactly', async () => {
    const found = await sentOf('a \r\n\n{"b":1}\nc', { partition: 3 });
    assert.deepEqual(
      found.map(({ line, record }) => [line, Buffer.from(record.value ?? []).toString(), record.partition]),
      [
        [1, 'a ', 3],
        [3, '{"b":1}', 3],
        [4, 'c', 3],
      ],
    );
  });

  it('takes lines as records and leaves out those that are none', async () => {
    const found = await sentOf(records, { as: 'records' });
    assert.deepEqual(
      found.map(({ line, record }) => [line, record.value && Buffer.from(record.value).toString()]),
      [
        [1, 'v'],
        [4, null],
      ],
    );
    assert.deepEqual(found[0]?.record.headers, [{ key: 'h', value: null }]);
    assert.equal(found[0].record.partition, undefined);
    assert.equal(found[0].record.timestamp, undefined);
  });

  it('keeps partitions and timestamps where that is wanted', async () => {
    const [first] = await sentOf(records, { as: 'records', keepPlace: true });
    assert.equal(first?.record.partition, 2);
    assert.equal(first.record.timestamp, 5);
  });
});
