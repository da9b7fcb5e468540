import type { ConsumedRecord } from '../../../../src/core/kafkaTypes';
import type { ScanSummary } from '../../../../src/core/scan/query';

/** Runs a scan to its end. */
export async function readAll(
  pages: AsyncGenerator<readonly ConsumedRecord[], ScanSummary, undefined>,
): Promise<{ records: ConsumedRecord[]; pages: number[]; summary: ScanSummary }> {
  const records: ConsumedRecord[] = [];
  const sizes: number[] = [];
  for (;;) {
    const step = await pages.next();
    if (step.done) return { records, pages: sizes, summary: step.value };
    records.push(...step.value);
    sizes.push(step.value.length);
  }
}

/** `partition:offset` of each record, for comparing orders. */
export function names(records: readonly ConsumedRecord[]): string[] {
  return records.map((record) => `${record.partition}:${record.offset}`);
}
