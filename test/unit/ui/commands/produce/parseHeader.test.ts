import assert from 'node:assert/strict';
import { parseHeader } from '../../../../../src/ui/commands/produce/parseHeader';

describe('parseHeader', () => {
  const shown = (text: string) => {
    const header = parseHeader(text);
    return header && [header.key, header.value && Buffer.from(header.value).toString('utf8')];
  };

  it('name and value', () => assert.deepEqual(shown(' trace-id :  a:b '), ['trace-id', 'a:b']));
  it('an empty value is not null', () => assert.deepEqual(shown('x:'), ['x', '']));
  it('a name alone has a null value', () => assert.deepEqual(shown('x'), ['x', null]));
  it('needs a name', () => {
    assert.equal(parseHeader(''), undefined);
    assert.equal(parseHeader(' : a'), undefined);
  });
});
