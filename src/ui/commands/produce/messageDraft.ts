import type { RecordHeader } from '../../../core/kafkaTypes';
import type { NewRecord } from './sendOne';
import { utf8Of } from './utf8Of';

/** What has been typed of a message so far. */
export interface MessageDraft {
  /** Empty for none. */
  readonly key: string;
  /** Null for a tombstone. */
  readonly value: string | null;
  readonly headers: readonly RecordHeader[];
}

export const emptyMessage: MessageDraft = { key: '', value: '', headers: [] };

/** The draft with what its box for the value holds: a chosen tombstone stays one while that is empty. */
export function withValue(draft: MessageDraft, text: string): MessageDraft {
  return draft.value === null && text === '' ? draft : { ...draft, value: text };
}

/** The message that a draft is. @throws VALIDATION_ERROR where a text holds half a character */
export function recordOfDraft({ key, value, headers }: MessageDraft): NewRecord {
  return {
    key: key === '' ? null : utf8Of(key),
    value: value === null ? null : utf8Of(value),
    headers,
  };
}
