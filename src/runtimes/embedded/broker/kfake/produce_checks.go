package kfake

import (
	"hash/crc32"
	"math"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const logAppendTimeBit = 0x0008

// produceError makes the checks of Kafka's LogValidator that kfake lacks; nil if the batch is fine.
// now is in milliseconds.
func (c *Cluster) produceError(topic string, acks int16, b *kmsg.RecordBatch, now int64) (*kerr.Error, string) {
	if acks == -1 && c.topicConfigLong(topic, "min.insync.replicas") > int64(len(c.bs)) {
		return kerr.NotEnoughReplicas, "The size of the current ISR is insufficient to satisfy the min.insync.replicas of this topic."
	}
	if b.Attributes&logAppendTimeBit != 0 {
		return kerr.InvalidTimestamp, "Invalid timestamp type in batch. Producer should not set timestamp type to LogAppendTime."
	}
	if c.topicConfigValue(topic, "message.timestamp.type") == "CreateTime" && b.FirstTimestamp >= 0 {
		before := c.topicConfigLong(topic, "message.timestamp.before.max.ms")
		after := c.topicConfigLong(topic, "message.timestamp.after.max.ms")
		if now-b.FirstTimestamp > before || b.MaxTimestamp-now > after {
			return kerr.InvalidTimestamp, "Timestamp of the batch is out of the range that message.timestamp.before.max.ms and message.timestamp.after.max.ms allow."
		}
	}
	if c.hasPolicy(topic, "compact") {
		keyed := true
		if err := forEachBatchRecord(*b, func(r kmsg.Record) bool { keyed = r.Key != nil; return keyed }); err != nil {
			return kerr.CorruptMessage, "The records of the batch can't be read."
		}
		if !keyed {
			return kerr.InvalidRecord, "One or more records have been rejected: a compacted topic can't accept a message without a key."
		}
	}
	return nil, ""
}

// stampLogAppendTime gives the batch the broker's time if its topic says message.timestamp.type =
// LogAppendTime, and returns that time, or else -1. raw are the bytes of the batch as received.
func (c *Cluster) stampLogAppendTime(topic string, b *kmsg.RecordBatch, raw []byte, now int64) int64 {
	if c.topicConfigValue(topic, "message.timestamp.type") != "LogAppendTime" {
		return -1
	}
	b.Attributes |= logAppendTimeBit
	b.MaxTimestamp = now
	// The CRC covers everything from byte 21, the attributes.
	b.CRC = int32(crc32.Checksum(b.AppendTo(make([]byte, 0, len(raw)))[21:], crc32c))
	return now
}

// longerThanRetained says whether a timestamp (ms) is older than retentionMs; -1 retains for ever.
func longerThanRetained(now, timestamp, retentionMs int64) bool {
	return retentionMs >= 0 && retentionMs < math.MaxInt64 && now-timestamp > retentionMs
}
