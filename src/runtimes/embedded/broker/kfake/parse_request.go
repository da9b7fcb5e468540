package kfake

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// parseRequest reads a client's request. The generated readers make room for as many elements as an array
// claims to have: a claim that can't be allocated is a panic, which must end the connection and not the broker.
func parseRequest(kreq kmsg.Request, src []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return kreq.ReadFrom(src)
}
