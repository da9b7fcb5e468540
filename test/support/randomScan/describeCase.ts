import type { ScanQuery } from '../../../src/core/scan/query';
import type { Burst, PlannedRecord, TopicPlan } from './topicPlan';

/** Characters of a topic's writes in a failure. */
const MOST = 20_000;

/** What was written and asked, for the text of a failure. */
export function describeCase(plan: TopicPlan, query: ScanQuery): string {
  const { partitions, timestampType, compacted, deleted } = plan;
  const writes = [
    ...plan.bursts.flat().map(describeBurst),
    ...(plan.open.length > 0 ? [`in a transaction left open: ${describeRecords(plan.open)}`] : []),
  ].join('\n  ');
  const cut = writes.length > MOST ? `${writes.slice(0, MOST)}...` : writes;
  const settings = `${partitions} partitions, ${timestampType}${compacted ? ', compacted' : ''}`;
  return `query ${JSON.stringify(query, plain)}\ntopic of ${settings}, deleted from the beginning ${deleted.join(' ')}\n  ${cut}`;
}

function describeBurst({ by, codec, records }: Burst): string {
  return `${by} ${codec}: ${describeRecords(records)}`;
}

/** partition@time key=value +headers */
function describeRecords(records: readonly PlannedRecord[]): string {
  return records
    .map(({ partition, time, key, value, headers }) => {
      const more = headers.map((header) => ` +${header.key}:${short(header.value)}`).join('');
      return `${partition}@${time} ${short(key)}=${short(value)}${more}`;
    })
    .join(' | ');
}

function short(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null';
  const text = JSON.stringify(Buffer.from(bytes).toString('latin1'));
  return text.length > 60 ? `${text.slice(0, 40)}...(${bytes.length} bytes)` : text;
}

function plain(_: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value as Map<string, unknown>);
  const isBuffer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  return isBuffer ? Buffer.from((value as unknown as { data: number[] }).data).toString() : value;
}
