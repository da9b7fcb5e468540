package kfake

import (
	"encoding/binary"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// hopeless is a request whose reader makes room for what can't be allocated.
type hopeless struct{ kmsg.ProduceRequest }

func (*hopeless) ReadFrom(src []byte) error {
	_ = make([]byte, binary.BigEndian.Uint64(src))
	return nil
}

func TestParseRequestSurvivesAClaimThatCannotBeAllocated(t *testing.T) {
	if err := parseRequest(&hopeless{}, binary.BigEndian.AppendUint64(nil, 1<<62)); err == nil {
		t.Error("no error")
	}
	if err := parseRequest(kmsg.NewPtrMetadataRequest(), []byte{0, 0, 0, 0}); err != nil {
		t.Error(err)
	}
}
