/** Where a scan begins. The beginning or end is that of each partition; offsets may be one for all or one for each. */
export type ScanStart =
  | { readonly at: 'beginning' }
  | { readonly at: 'end' }
  /** The newest `count` records of the whole selection (not of each partition). */
  | { readonly at: 'last'; readonly count: number }
  | { readonly at: 'offset'; readonly offset: number | ReadonlyMap<number, number> }
  /** First record with a timestamp at or after it, ms since 1970. */
  | { readonly at: 'time'; readonly timestamp: number }
  /**
   * Where an earlier scan stopped. Its topic, partitions and direction count: the query leaves them out or says the
   * same. Oldest first goes on to the present end, also of the last N once their first one is known, so who polls can
   * always use the last position; newest first reads what was left of its ranges and never more. `to` is no part of it:
   * it has to be given again.
   */
  | { readonly at: 'position'; readonly position: ScanPosition };

/** Where a scan ends; always bounded by the end offsets at its start, so that a busy topic can't keep it going. */
export type ScanEnd =
  | { readonly at: 'end' }
  /** Exclusive. */
  | { readonly at: 'offset'; readonly offset: number | ReadonlyMap<number, number> }
  /** Exclusive: up to the first record with a timestamp at or after it. */
  | { readonly at: 'time'; readonly timestamp: number };

/** read_committed hides aborted and open transactions and ends at the last stable offset. */
export type Isolation = 'read_committed' | 'read_uncommitted';

/** Parts of a record that a text filter looks at; key and value where left out. */
export type FilteredField = 'key' | 'value' | 'headers';

/** Which records count. All kinds but the last two work on the raw bytes, before anything is decoded. */
export type RecordFilter =
  /** One of the fields holds these bytes. With ignoreCase they have to be UTF-8 and are compared without regard to case. */
  | {
      readonly kind: 'contains';
      readonly bytes: Uint8Array;
      readonly ignoreCase?: boolean;
      readonly fields?: readonly FilteredField[];
    }
  /** One of the fields, as UTF-8 text, matches a JavaScript regular expression; flags are any of i, m, s, u, v. */
  | {
      readonly kind: 'regex';
      readonly source: string;
      readonly flags?: string;
      readonly fields?: readonly FilteredField[];
    }
  /** There is a header with this key, and with this value where one is given (null: a header whose value is null). */
  | { readonly kind: 'header'; readonly key: string; readonly value?: Uint8Array | null }
  /** The field is JSON and the JSONPath (RFC 9535) selects at least one node in it; the value where left out. */
  | { readonly kind: 'jsonPath'; readonly path: string; readonly field?: 'key' | 'value' }
  /** A CEL expression over `record` is true; a record for which it can't be evaluated does not count. */
  | { readonly kind: 'expression'; readonly text: string }
  /** All of these let the record through. */
  | { readonly kind: 'all'; readonly filters: readonly RecordFilter[] };

/** A bounded read of one topic without a consumer group: nothing is committed, nobody is disturbed. */
export interface ScanQuery {
  readonly topic: string;
  /** All where left out. */
  readonly partitions?: readonly number[];
  readonly from: ScanStart;
  readonly to?: ScanEnd;
  /**
   * Order of what is handed out; 'oldest' where left out. Inside a partition always by offset. `from` is the lower and
   * `to` the upper bound in both directions.
   */
  readonly direction?: ScanDirection;
  /** read_committed where left out. */
  readonly isolation?: Isolation;
  readonly filter?: RecordFilter;
  /**
   * Compare the checksum (CRC-32C) of each batch before anything of it is believed, and tell of those that are wrong as
   * problems; off where left out, as in other clients.
   */
  readonly checkCrc?: boolean;
  /** Most records handed out; no limit where left out. */
  readonly limit?: number;
  /**
   * Most bytes of keys, values and headers (these with their lengths, as on the wire) handed out, but always one record;
   * no limit where left out.
   */
  readonly maxBytes?: number;
}

/** A live read: every record from `from` on (by default the end) until its limits are reached or it is ended. */
export type TailQuery = Pick<
  ScanQuery,
  'topic' | 'partitions' | 'isolation' | 'filter' | 'checkCrc' | 'limit' | 'maxBytes'
> & {
  readonly from?: ScanStart;
};

/** Offsets [next, end) of one partition. */
export interface OffsetRange {
  readonly next: number;
  readonly end: number;
}

/** Order in which records are handed out. */
export type ScanDirection = 'oldest' | 'newest';

/**
 * Per partition the range [next, end) that was still unread; both move toward each other by direction. How it is taken
 * up is told at {@link ScanStart}.
 */
export interface ScanPosition {
  readonly topic: string;
  readonly direction: ScanDirection;
  readonly partitions: ReadonlyMap<number, OffsetRange>;
  /** How many of the newest records of these ranges are still to be handed out, where the scan is one of the last N. */
  readonly remaining?: number;
}

/** Why a scan stopped. */
export type StopReason = 'end' | 'limit' | 'max-bytes' | 'cancelled' | 'deadline';

export interface ScanProgress {
  /** Records looked at, and those of them that the filter let through. */
  readonly scanned: number;
  readonly matched: number;
  /** Bytes that came over the wire, as record batches. */
  readonly bytes: number;
  readonly elapsedMs: number;
}

/** Something that one partition's reading met; the others went on. */
export interface ScanProblem {
  readonly partition: number;
  readonly offset: number;
  readonly message: string;
}

export interface ScanSummary extends ScanProgress {
  readonly stopReason: StopReason;
  /**
   * Where the next page begins. Always there: at the end of an oldest-first scan it is where a tail goes on. Without
   * partitions where the scan was cancelled before the first offset was known.
   */
  readonly position: ScanPosition;
  readonly problems: readonly ScanProblem[];
}
