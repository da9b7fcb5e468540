import { KafkaManagerError } from '../../contract/errors';
import type { Histogram, HistogramQuery } from './histogram';
import type { TimeRange } from './histogramBorders';
import { runLimited } from './histogramLookups';
import type { Isolation } from './query';
import type { RecordSource, TimeSpan } from './recordSource';

/** A border that is looked up, in the partitions where offsets lie around it. */
interface Lookup {
  readonly border: number;
  readonly partitions: readonly number[];
}

type Offsets = ReadonlyMap<number, number>;

/** What is known of the offsets at the borders of a histogram, by partition. */
export class OffsetTable {
  /** Undefined where no record has a timestamp and the query names none. */
  readonly range: TimeRange | undefined;
  readonly #source: RecordSource;
  readonly #query: HistogramQuery;
  readonly #isolation: Isolation;
  readonly #spans: ReadonlyMap<number, TimeSpan>;
  /** The range of each partition: [begin, end). */
  readonly #begins: Offsets;
  readonly #ends: Offsets;
  /** Border → partition → offset; a border that was not looked up in a partition has the offset of the one before it. */
  readonly #found = new Map<number, Map<number, number>>();

  private constructor(
    source: RecordSource,
    query: HistogramQuery,
    range: TimeRange | undefined,
    spans: ReadonlyMap<number, TimeSpan>,
    [begins, ends]: readonly [Offsets, Offsets],
  ) {
    this.#source = source;
    this.#query = query;
    this.#isolation = query.isolation ?? 'read_committed';
    this.range = range;
    this.#spans = spans;
    this.#begins = begins;
    this.#ends = ends;
  }

  /** Asks for the range in time and in offsets. */
  static async open(source: RecordSource, query: HistogramQuery, signal?: AbortSignal): Promise<OffsetTable> {
    const { topic, from, to, isolation = 'read_committed' } = query;
    const partitions = await selected(source, query, signal);
    const at = (spec: Parameters<RecordSource['offsets']>[2]): Promise<Offsets> =>
      source.offsets(topic, partitions, spec, isolation, signal);
    const open = from === undefined || to === undefined;
    // The end first, so that no timestamp is missed that lies before it.
    const [begins, ends] = await Promise.all([
      at(from === undefined ? 'beginning' : { timestamp: from }),
      at(to === undefined ? 'end' : { timestamp: to }),
    ]);
    const spans = open ? await source.timeSpans(topic, partitions, signal) : new Map<number, TimeSpan>();
    const ordered = new Map(partitions.map((p) => [p, Math.max(begins.get(p) ?? 0, ends.get(p) ?? 0)]));
    return new OffsetTable(source, query, rangeOf(query, spans), spans, [begins, ordered]);
  }

  get total(): number {
    let sum = 0;
    for (const [partition, end] of this.#ends) sum += end - (this.#begins.get(partition) ?? 0);
    return sum;
  }

  /** Learns the borders of `level` that are not in `known`. */
  async refine(
    known: readonly number[],
    level: readonly number[],
    times: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const present = new Set(known);
    const lookups: Lookup[] = [];
    for (const [i, border] of level.entries()) {
      if (present.has(border)) continue;
      this.#found.set(border, new Map());
      const [before, behind] = [level[i - 1]!, level[i + 1]!];
      const partitions = [...this.#ends.keys()].filter((partition) => {
        const left = this.#at(before, partition);
        const right = this.#at(behind, partition);
        // Behind its largest timestamp a partition has nothing, which needs no question.
        const over = times[border]! > (this.#spans.get(partition)?.last ?? Infinity);
        if (left === right || over) this.#found.get(border)!.set(partition, right);
        return left !== right && !over;
      });
      if (partitions.length > 0) lookups.push({ border, partitions });
    }
    const limits = new Map(level.map((border, i) => [border, [level[i - 1], level[i + 1]] as const]));
    await runLimited(lookups, signal, async ({ border, partitions }, own) => {
      const spec = { timestamp: times[border]! };
      const offsets = await this.#source.offsets(this.#query.topic, partitions, spec, this.#isolation, own);
      const [before, behind] = limits.get(border)!;
      for (const partition of partitions) {
        const right = this.#at(behind!, partition);
        const offset = Math.min(right, offsets.get(partition) ?? right);
        // The log may have grown, or lost its oldest records, since the ends were asked for.
        this.#found.get(border)!.set(partition, Math.max(this.#at(before!, partition), offset));
      }
    });
  }

  /** The histogram between the borders of `level`. */
  counted(
    level: readonly number[],
    times: readonly number[],
  ): Pick<Histogram, 'borders' | 'counts' | 'offsets' | 'total'> {
    const offsets = new Map(
      [...this.#ends.keys()].map((partition) => [
        partition,
        level.map((border) => this.#at(border, partition)),
      ]),
    );
    const counts = level.slice(1).map(() => 0);
    for (const row of offsets.values()) {
      for (let i = 0; i < counts.length; i++) counts[i]! += row[i + 1]! - row[i]!;
    }
    return { borders: level.map((border) => times[border]!), counts, offsets, total: this.total };
  }

  #at(border: number, partition: number): number {
    const found = border === 0 ? this.#begins : (this.#found.get(border) ?? this.#ends);
    return found.get(partition) ?? 0;
  }
}

/** Partition ids of the query, checked. */
async function selected(
  source: RecordSource,
  { topic, partitions }: HistogramQuery,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const existing = await source.partitions(topic, signal);
  const missing = partitions?.find((partition) => !existing.includes(partition));
  if (missing !== undefined) {
    throw new KafkaManagerError('PARTITION_NOT_FOUND', `Topic ${topic} has no partition ${missing}.`, {
      details: { partition: missing, partitions: existing.length },
    });
  }
  // Kafka refuses a request that names a partition twice.
  return [...new Set(partitions ?? existing)].sort((a, b) => a - b);
}

/** The range of the query; where a side is left out, that of the records. */
function rangeOf({ from, to }: HistogramQuery, spans: ReadonlyMap<number, TimeSpan>): TimeRange | undefined {
  let first = Infinity;
  let last = -Infinity;
  for (const span of spans.values()) {
    first = Math.min(first, span.first);
    last = Math.max(last, span.last);
  }
  const begin = from ?? Math.min(first, (to ?? Infinity) - 1);
  const end = to ?? Math.max(last, begin) + 1;
  return Number.isFinite(begin) && Number.isFinite(end) ? { from: begin, to: end } : undefined;
}
