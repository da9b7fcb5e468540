import assert from 'node:assert/strict';
import { emptyMessage, recordOfDraft, withValue } from '../../../../../src/ui/commands/produce/messageDraft';

const tombstone = { ...emptyMessage, key: 'k', value: null };

describe('messageDraft', () => {
  it('keeps a tombstone while the box for the value is empty', () => {
    assert.equal(recordOfDraft(withValue(tombstone, '')).value, null);
  });

  it('takes a value in the place of a tombstone', () => {
    assert.deepEqual(recordOfDraft(withValue(tombstone, '{}')).value, Buffer.from('{}'));
  });

  it('tells an empty value from none, and no key from an empty one', () => {
    const record = recordOfDraft(withValue({ ...emptyMessage, value: 'before' }, ''));
    assert.deepEqual(record, { key: null, value: Buffer.alloc(0), headers: [] });
  });

  it('refuses half a character', () => {
    assert.throws(() => recordOfDraft({ ...emptyMessage, key: '\uD800' }), { code: 'VALIDATION_ERROR' });
  });
});
