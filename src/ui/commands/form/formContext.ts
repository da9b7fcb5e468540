import type { SavedProfile } from '../../../core/savedProfile';
import { back, type TextOptions, askText } from './boxes';
import type { ClusterDraft } from './clusterDraft';
import type { Step, StepPlace, StepResult } from './steps';

/** What the boxes of one Add or Edit Cluster share. */
export interface FormContext {
  /** Title of all boxes. */
  readonly title: string;
  /** The profile that is edited; left out where a new one is made. */
  readonly earlier?: SavedProfile;
  /** Names of the other clusters. */
  readonly takenNames: ReadonlySet<string>;
  /** Whether a password or client secret is stored already. */
  readonly hasSecret: boolean;
}

/** Keys of a draft that hold text. */
type TextKey = {
  [K in keyof ClusterDraft]: ClusterDraft[K] extends string
    ? string extends ClusterDraft[K]
      ? K
      : never
    : never;
}[keyof ClusterDraft];

/** A step that asks for one text of the draft. */
export function textStep(
  { title }: FormContext,
  key: TextKey,
  applies: (draft: ClusterDraft) => boolean,
  options: (draft: ClusterDraft) => Omit<TextOptions, 'title' | 'value' | keyof StepPlace>,
): Step<ClusterDraft> {
  return {
    name: key,
    applies,
    ask: async (draft, place) => {
      const text = await askText({ ...place, ...options(draft), title, value: draft[key] });
      return answer(text, (value) => ({ ...draft, [key]: value }));
    },
  };
}

/** How it goes on after the answer of a box. */
export function answer<T>(
  value: T | typeof back,
  into: (value: T) => ClusterDraft,
): StepResult<ClusterDraft> {
  return value === back ? { go: 'back' } : { go: 'next', draft: into(value) };
}
