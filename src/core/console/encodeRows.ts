import { previewBytes, rowBytes, rowChunk } from '../../contract/consoleRows';
import type { RecordStore } from '../scan/recordStore';

/** The rows with these numbers as a chunk of previews; see consoleRows.ts. */
export function encodeRows(store: RecordStore, numbers: ArrayLike<number>): ArrayBuffer {
  const length = numbers.length;
  const records = Array.from(numbers, (number) => store.row(number));
  const previews: Buffer[] = [];
  let textBytes = 0;
  for (const record of records) {
    for (const [field, most] of [
      [record?.key, previewBytes.key],
      [record?.value, previewBytes.value],
    ] as const) {
      const preview = field ? field.subarray(0, cutAt(field, most)) : Buffer.alloc(0);
      previews.push(preview);
      textBytes += preview.length;
    }
  }
  const buffer = new ArrayBuffer(length * rowBytes + textBytes);
  const chunk = rowChunk(buffer, length);
  let at = 0;
  for (const [index, record] of records.entries()) {
    chunk.row[index] = numbers[index]!;
    chunk.partition[index] = record ? record.partition : -1;
    if (record) {
      chunk.offset[index] = record.offset;
      chunk.timestamp[index] = record.timestamp;
      chunk.size[index] = record.rows.size(record.row);
      chunk.headers[index] = record.headers.length;
    }
    const { key = null, value = null } = record ?? {};
    chunk.keyLength[index] = key ? key.byteLength : -1;
    chunk.valueLength[index] = value ? value.byteLength : -1;
    const [keyPreview, valuePreview] = [previews[2 * index]!, previews[2 * index + 1]!];
    chunk.text.set(keyPreview, at);
    chunk.keyEnd[index] = at += keyPreview.length;
    chunk.text.set(valuePreview, at);
    chunk.valueEnd[index] = at += valuePreview.length;
  }
  return buffer;
}

/** Where to cut bytes so that no UTF-8 sequence is cut through; bytes that are no UTF-8 lose three at most. */
function cutAt(bytes: Buffer, most: number): number {
  if (bytes.length <= most) return bytes.length;
  let at = most;
  while (at > most - 4 && (bytes[at]! & 0xc0) === 0x80) at -= 1;
  return at;
}
