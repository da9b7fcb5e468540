package kfake

import (
	"hash/crc32"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// appendRecord puts a batch of one record on the partition.
func appendRecord(c *Cluster, pd *partData, key, value string, timestamp int64) {
	// The length before a record is a zigzag varint; everything here is short enough for one byte.
	body := []byte{0, 0, 0, byte(2 * len(key))}
	body = append(append(body, key...), byte(2*len(value)))
	body = append(append(body, value...), 0)
	b := kmsg.RecordBatch{
		Magic: 2, ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1, NumRecords: 1,
		FirstTimestamp: timestamp, MaxTimestamp: timestamp, Records: append([]byte{byte(2 * len(body))}, body...),
	}
	b.Length = int32(49 + len(b.Records))
	raw := b.AppendTo(nil)
	b.CRC = int32(crc32.Checksum(raw[21:], crc32c))
	c.pushBatch(pd, len(raw), b, false)
}

func TestCompactionGoesOnWhereItStopped(t *testing.T) {
	c, err := NewCluster(Ports(0), DataDir(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.admin(func() {
		policy, lag := "compact", "60000"
		c.data.mkt("t", 1, 1, map[string]*string{"cleanup.policy": &policy, "min.compaction.lag.ms": &lag})
		pd, _ := c.data.tps.getp("t", 0)
		now := time.Now().UnixMilli()
		for range 2 {
			appendRecord(c, pd, "old", "v", now-100_000)
		}
		for range 6 {
			appendRecord(c, pd, "young", "v", now)
		}
		if c.keepHouse(time.Minute); pd.totalBatches() != 7 || pd.cleanedTo != 2 {
			t.Errorf("with the lag: %d batches, cleaned to %d; want 7, 2", pd.totalBatches(), pd.cleanedTo)
		}
		if c.isDirty(pd, "t") {
			t.Error("dirty, although nothing more may be compacted")
		}
		lag = "0"
		// "old" at 1, the newest "young" before the last batch at 6, and the last batch, which stays as it is.
		if c.keepHouse(time.Minute); pd.totalBatches() != 3 || pd.cleanedTo != 7 {
			t.Errorf("without the lag: %d batches, cleaned to %d; want 3, 7", pd.totalBatches(), pd.cleanedTo)
		}
	})
}
