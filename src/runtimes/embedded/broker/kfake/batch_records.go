package kfake

import (
	"encoding/binary"
	"errors"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// maxRecordHeaders bounds the headers of a record: an empty one takes 2 bytes in the log and 56 in memory.
const maxRecordHeaders = 100_000

var errCorruptRecords = errors.New("corrupt batch: its records don't fit their lengths")

// forEachBatchRecord decodes the batch's records one at a time and calls fn for each until fn returns false.
// kfake's own version believes each record's length and header count, and panics when they lie.
func forEachBatchRecord(batch kmsg.RecordBatch, fn func(kmsg.Record) bool) error {
	records, err := decompress(batch.Records, batch.Attributes&0x0007)
	if err != nil {
		return err
	}
	for range batch.NumRecords {
		size, ok := recordSize(records)
		if !ok {
			return errCorruptRecords
		}
		rec := kmsg.NewRecord()
		if err := rec.ReadFrom(records[:size]); err != nil {
			return err
		}
		if !fn(rec) {
			return nil
		}
		records = records[size:]
	}
	if len(records) > 0 {
		return errCorruptRecords
	}
	return nil
}

// recordSize is how many bytes the first record takes; false if its fields don't end where its length says.
func recordSize(records []byte) (int, bool) {
	length, n := binary.Varint(records)
	if n <= 0 || length < 0 || length > int64(len(records)-n) {
		return 0, false
	}
	size := n + int(length)
	r := kbin.Reader{Src: records[n:size]}
	r.Int8()        // attributes
	r.Varlong()     // timestamp delta
	r.Varint()      // offset delta
	r.VarintBytes() // key
	r.VarintBytes() // value
	headers := r.Varint()
	if headers < 0 || headers > maxRecordHeaders {
		return 0, false
	}
	for range 2 * headers { // keys and values
		r.VarintBytes()
	}
	return size, r.Ok() && len(r.Src) == 0
}
