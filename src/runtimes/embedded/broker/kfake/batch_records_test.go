package kfake

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// packers pack bytes as Kafka's producers do, by the codec's number.
var packers = map[string]struct {
	codec int16
	pack  func(src []byte) []byte
}{
	"gzip": {1, func(src []byte) []byte {
		return stream(src, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	}},
	"snappy":        {2, func(src []byte) []byte { return s2.EncodeSnappy(nil, src) }},
	"snappy framed": {2, xerial},
	"lz4": {3, func(src []byte) []byte {
		return stream(src, func(w io.Writer) io.WriteCloser { return lz4.NewWriter(w) })
	}},
	"zstd": {4, func(src []byte) []byte {
		w, _ := zstd.NewWriter(nil)
		return w.EncodeAll(src, nil)
	}},
	"zstd that doesn't say its size": {4, func(src []byte) []byte {
		return stream(src, func(w io.Writer) io.WriteCloser { e, _ := zstd.NewWriter(w); return e })
	}},
}

func stream(src []byte, open func(io.Writer) io.WriteCloser) []byte {
	var out bytes.Buffer
	w := open(&out)
	for len(src) > 0 { // in pieces, so that no writer knows the whole
		n := min(len(src), 1<<20)
		w.Write(src[:n])
		src = src[n:]
	}
	w.Close()
	return out.Bytes()
}

func xerial(src []byte) []byte {
	out := append([]byte("\x82SNAPPY\x00"), 0, 0, 0, 1, 0, 0, 0, 1)
	for len(src) > 0 {
		n := min(len(src), 1<<20)
		block := s2.EncodeSnappy(nil, src[:n])
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(block))), block...)
		src = src[n:]
	}
	return out
}

func TestDecompressIsBounded(t *testing.T) {
	most := make([]byte, maxInflatedBytes+1)
	for name, p := range packers {
		if out, err := decompress(p.pack(most[:maxInflatedBytes]), p.codec); err != nil || len(out) != maxInflatedBytes {
			t.Errorf("%s: %d bytes, %v; want all of the bound", name, len(out), err)
		}
		if out, err := decompress(p.pack(most), p.codec); err == nil {
			t.Errorf("%s: took %d bytes", name, len(out))
		}
		packed := p.pack([]byte("the same again, the same again, the same again"))
		if out, err := decompress(packed, p.codec); err != nil || string(out) != "the same again, the same again, the same again" {
			t.Errorf("%s: %q, %v", name, out, err)
		}
		for end := range packed {
			decompress(packed[:end], p.codec) // whatever comes, it must not panic
		}
	}
	if _, err := decompress([]byte("x"), 5); err == nil {
		t.Error("took an unknown codec")
	}
}

func record(headers int64, body ...byte) []byte {
	fields := []byte{0, 0, 0, 2, 'k', 2, 'v'}
	fields = append(binary.AppendVarint(fields, headers), body...)
	return append(binary.AppendVarint(nil, int64(len(fields))), fields...)
}

func TestRecordsThatLie(t *testing.T) {
	count := func(raw []byte, n int32) (read int, err error) {
		b := kmsg.RecordBatch{NumRecords: n, Records: raw}
		return read, forEachBatchRecord(b, func(r kmsg.Record) bool {
			if string(r.Key) != "k" || string(r.Value) != "v" {
				t.Errorf("key %q, value %q", r.Key, r.Value)
			}
			read++
			return true
		})
	}
	good := append(record(0), record(1, 2, 'h', 1)...) // a header with a null value
	if n, err := count(good, 2); n != 2 || err != nil {
		t.Fatalf("%d records, %v", n, err)
	}
	longer := record(0)
	longer[0] += 2 * 50
	negative := record(0)
	negative[0] = 1
	huge := append(binary.AppendVarint(nil, 1<<40), record(0)[1:]...)
	for name, raw := range map[string][]byte{
		"length behind the end":        longer,
		"negative length":              negative,
		"huge length":                  huge,
		"no length":                    {0x80},
		"more headers than there are":  record(1 << 20),
		"a negative number of headers": record(-1),
		"bytes behind the headers":     record(0, 1, 2, 3),
		"more headers than allowed":    record(maxRecordHeaders+1, make([]byte, 2*(maxRecordHeaders+1))...),
		"fewer records than claimed":   {},
	} {
		if n, err := count(raw, 1); n != 0 || err == nil {
			t.Errorf("%s: %d records, %v", name, n, err)
		}
	}
	if _, err := count(good, 1); err == nil {
		t.Error("took more records than claimed")
	}
}
