package kfake

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// maxInflatedBytes bounds what the records of one batch may unpack to: kfake's own decompressor allows 2 GB,
// and a batch of 1 MB, the default max.message.bytes, can be a thousand times that.
const maxInflatedBytes = 64 << 20

var errInflated = fmt.Errorf("the records unpack to more than %d bytes", maxInflatedBytes)

// decompress unpacks the records of a batch. The codec is that of the batch's attributes.
func decompress(src []byte, codec int16) ([]byte, error) {
	switch codec {
	case 0:
		return src, nil
	case 1:
		r, err := gzip.NewReader(bytes.NewReader(src))
		if err != nil {
			return nil, err
		}
		return readBounded(r)
	case 2:
		return decompressSnappy(src)
	case 3:
		return readBounded(lz4.NewReader(bytes.NewReader(src)))
	case 4:
		r, err := zstd.NewReader(nil, zstd.WithDecoderLowmem(true), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxInflatedBytes))
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return r.DecodeAll(src, nil)
	}
	return nil, errors.New("unknown compression codec")
}

func readBounded(r io.Reader) ([]byte, error) {
	var out bytes.Buffer
	if n, err := out.ReadFrom(io.LimitReader(r, maxInflatedBytes+1)); err != nil {
		return nil, err
	} else if n > maxInflatedBytes {
		return nil, errInflated
	}
	return out.Bytes(), nil
}

// xerialMagic begins the framing that snappy-java puts around blocks; two version numbers follow.
var xerialMagic = []byte("\x82SNAPPY\x00")

const xerialHeaderBytes = 16

// decompressSnappy unpacks a bare snappy block, or the framed blocks of Java's producer.
func decompressSnappy(src []byte) ([]byte, error) {
	if len(src) < xerialHeaderBytes || !bytes.HasPrefix(src, xerialMagic) {
		return appendSnappyBlock(nil, src)
	}
	var out []byte
	for src = src[xerialHeaderBytes:]; len(src) > 0; {
		if len(src) < 4 {
			return nil, io.ErrUnexpectedEOF
		}
		size := int64(binary.BigEndian.Uint32(src))
		src = src[4:]
		if size > int64(len(src)) {
			return nil, io.ErrUnexpectedEOF
		}
		var err error
		if out, err = appendSnappyBlock(out, src[:size]); err != nil {
			return nil, err
		}
		src = src[size:]
	}
	return out, nil
}

// appendSnappyBlock checks the length that the block claims before it makes room for it.
func appendSnappyBlock(out, block []byte) ([]byte, error) {
	n, err := s2.DecodedLen(block)
	if err != nil {
		return nil, err
	}
	if n > maxInflatedBytes-len(out) {
		return nil, errInflated
	}
	decoded, err := s2.Decode(nil, block)
	return append(out, decoded...), err
}
