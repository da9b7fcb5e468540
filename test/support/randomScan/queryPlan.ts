import fc from 'fast-check';
import type {
  FilteredField,
  Isolation,
  RecordFilter,
  ScanDirection,
  ScanEnd,
  ScanQuery,
  ScanStart,
} from '../../../src/core/scan/query';
import type { TopicDump } from './topicDump';

/** A query whose places are shares of a topic, so that it fits any. */
export interface QueryPlan {
  /** A bit for each partition; none set is all of them, unnamed. */
  readonly partitions: number;
  readonly from: {
    readonly at: ScanStart['at'] & ('beginning' | 'end' | 'last' | 'offset' | 'time');
    readonly share: number;
    readonly each: boolean;
  };
  readonly to: { readonly at: ScanEnd['at'] | 'open'; readonly share: number; readonly each: boolean };
  readonly direction: ScanDirection;
  readonly isolation: Isolation;
  readonly filter: RecordFilter | undefined;
  readonly limit: number | undefined;
  readonly maxBytes: number | undefined;
  /** Records of a page; read to the end with one position after the other. */
  readonly pageLimit: number | undefined;
}

const share = fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20);
const maybe = <T>(arbitrary: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const fields = fc.constantFrom<readonly FilteredField[] | undefined>(
  undefined,
  ['key'],
  ['value'],
  ['headers'],
  ['key', 'value', 'headers'],
);
const contains = fc
  .record({
    text: fc.constantFrom('needle', 'hay', 'ß', 'ÄPFEL', '0', 'nothing has this'),
    ignoreCase: fc.boolean(),
    fields,
  })
  .map(({ text, ignoreCase, fields }) => {
    return { kind: 'contains', bytes: Buffer.from(text), ignoreCase, ...(fields && { fields }) } as const;
  });
const regex = fc
  .record({
    source: fc.constantFrom('need.e', '^hay', '\\d$', '\\{"a":\\d\\}', 'ä|ß'),
    flags: fc.constantFrom('', 'i', 'u'),
    fields,
  })
  .map(({ fields, ...rest }) => ({ kind: 'regex', ...rest, ...(fields && { fields }) }) as const);
const header = fc
  .record({
    key: fc.constantFrom('trace', 'needle', 'ü', 'by', ''),
    value: fc.constantFrom<Buffer | null | undefined>(
      undefined,
      undefined,
      null,
      Buffer.from('hay'),
      Buffer.alloc(0),
    ),
  })
  .map(({ key, value }) => ({ kind: 'header', key, ...(value !== undefined && { value }) }) as const);
const single = fc.oneof({ weight: 3, arbitrary: contains }, regex, header);
const filter: fc.Arbitrary<RecordFilter> = fc.oneof(
  { weight: 5, arbitrary: single },
  fc.array(single, { minLength: 1, maxLength: 3 }).map((filters) => ({ kind: 'all', filters }) as const),
);

/** Any query. */
export const queryPlan: fc.Arbitrary<QueryPlan> = fc.record({
  partitions: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 15 })),
  from: fc.record({
    at: fc.constantFrom('beginning', 'beginning', 'last', 'last', 'offset', 'offset', 'time', 'end'),
    share,
    each: fc.boolean(),
  }),
  to: fc.record({
    at: fc.constantFrom('open', 'open', 'end', 'offset', 'time'),
    share,
    each: fc.boolean(),
  }),
  direction: fc.constantFrom<ScanDirection>('oldest', 'newest'),
  isolation: fc.constantFrom<Isolation>('read_committed', 'read_committed', 'read_uncommitted'),
  filter: maybe(filter, 1),
  limit: maybe(fc.integer({ min: 1, max: 60 }), 3),
  maxBytes: maybe(fc.integer({ min: 1, max: 30_000 }), 5),
  pageLimit: maybe(fc.integer({ min: 1, max: 40 }), 2),
});

/** The plan for a certain topic. */
export function queryOf(plan: QueryPlan, topic: TopicDump): ScanQuery {
  const all = [...topic.partitions.keys()];
  const named = all.filter((partition) => plan.partitions & (1 << partition));
  const { isolation, direction, filter, limit, maxBytes } = plan;
  const offsets = ({ share, each }: QueryPlan['from']): number | ReadonlyMap<number, number> => {
    const at = (partition: number): number =>
      Math.floor(topic.partitions.get(partition)!.end[isolation] * share);
    const selected = named.length > 0 ? named : all;
    return each ? new Map(selected.map((p) => [p, at(p)])) : Math.max(...selected.map(at));
  };
  const timestamp = (share: number): number =>
    topic.times[Math.min(topic.times.length - 1, Math.floor(share * topic.times.length))]!.timestamp;
  const from = ((): ScanStart => {
    switch (plan.from.at) {
      case 'last':
        return { at: 'last', count: 1 + Math.floor(plan.from.share * 60) };
      case 'offset':
        return { at: 'offset', offset: offsets(plan.from) };
      case 'time':
        return { at: 'time', timestamp: timestamp(plan.from.share) };
      case 'beginning':
      case 'end':
        return { at: plan.from.at };
    }
  })();
  const to = ((): ScanEnd | undefined => {
    switch (plan.to.at) {
      case 'open':
        return undefined;
      case 'end':
        return { at: 'end' };
      case 'offset':
        return { at: 'offset', offset: offsets(plan.to as QueryPlan['from']) };
      case 'time':
        return { at: 'time', timestamp: timestamp(plan.to.share) };
    }
  })();
  return {
    topic: topic.name,
    from,
    direction,
    isolation,
    ...(named.length > 0 ? { partitions: named } : {}),
    ...(to ? { to } : {}),
    ...(filter ? { filter } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
}
