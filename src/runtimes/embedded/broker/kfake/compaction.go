package kfake

import (
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// Compaction writes the new log into a directory beside the old one and then swaps the two, so that a kill
// at any moment leaves one whole log. kfake's own version deletes the old files first.
const (
	cleanSuffix = ".clean" // being written, or complete if the old directory is gone
	oldSuffix   = ".old"   // to be deleted
)

// finishSwaps repairs the partition directories after a kill in the middle of a compaction.
func finishSwaps(fsys fs, dir string) error {
	entries, err := fsys.ReadDir(filepath.Join(dir, "partitions"))
	if err != nil {
		return nil // there are none yet
	}
	there := make(map[string]bool)
	for _, e := range entries {
		there[e.Name()] = true
	}
	for name := range there {
		path := filepath.Join(dir, "partitions", name)
		if live, clean := strings.CutSuffix(name, cleanSuffix); clean && !there[live] {
			err = errors.Join(err, fsys.Rename(path, filepath.Join(dir, "partitions", live)))
		} else if clean || strings.HasSuffix(name, oldSuffix) {
			err = errors.Join(err, fsys.RemoveAll(path))
		}
	}
	return err
}

// compactLog keeps the newest record of each key. As in Kafka it leaves the log start offset where it is,
// keeps the end of the log, and stops below open transactions and min.compaction.lag.ms.
func (c *Cluster) compactLog(pd *partData, topic string) {
	cleanable, cleanedTo := c.cleanableBatches(pd, topic)
	if cleanable == 0 {
		return
	}
	newest := make(map[string]int64)
	ok := c.eachBatch(pd, cleanable, func(b *partBatch, clean bool) bool {
		if !clean || b.Attributes&0x0020 != 0 || pd.isBatchAborted(b) {
			return true
		}
		return forEachBatchRecord(b.RecordBatch, func(r kmsg.Record) bool {
			newest[string(r.Key)] = b.FirstOffset + int64(r.OffsetDelta)
			return true
		}) == nil
	})
	if !ok {
		return
	}
	w := newLogWriter(c, pd)
	tombstonesMs, now := c.topicConfigLong(topic, "delete.retention.ms"), time.Now().UnixMilli()
	written := make(map[int64]bool) // producer ids with data left: their control batches stay
	ok = c.eachBatch(pd, cleanable, func(b *partBatch, clean bool) bool {
		if !clean {
			return w.append(b)
		}
		if b.Attributes&0x0020 != 0 {
			return !written[b.ProducerID] && !isAbortMarker(b) || w.append(b)
		}
		if pd.isBatchAborted(b) {
			return true
		}
		var kept []kmsg.Record
		if forEachBatchRecord(b.RecordBatch, func(r kmsg.Record) bool {
			expired := r.Value == nil && longerThanRetained(now, b.FirstTimestamp+r.TimestampDelta64, tombstonesMs)
			if newest[string(r.Key)] == b.FirstOffset+int64(r.OffsetDelta) && !expired {
				kept = append(kept, r)
			}
			return true
		}) != nil {
			return false
		}
		if len(kept) == 0 {
			return true
		}
		written[b.ProducerID] = true
		if len(kept) < int(b.NumRecords) {
			b = rebuildBatch(b, kept)
		}
		return w.append(b)
	})
	if !ok || !w.swapIn() {
		w.abandon()
		return
	}
	pd.cleanedTo = cleanedTo
}

// isAbortMarker says whether a control batch ends an aborted transaction. It stays even when nothing of that is left:
// Fetch still names the transaction, and a reader hides all of its producer's records up to the marker.
func isAbortMarker(b *partBatch) bool {
	isAbort := false
	err := forEachBatchRecord(b.RecordBatch, func(r kmsg.Record) bool {
		isAbort = len(r.Key) >= 4 && r.Key[2] == 0 && r.Key[3] == 0
		return false
	})
	return isAbort || err != nil
}

// cleanableBatches is how many batches, from the front, may be compacted, at most all but the last one, and the
// offset of the first that may not.
func (c *Cluster) cleanableBatches(pd *partData, topic string) (n int, end int64) {
	lagMs, now := c.topicConfigLong(topic, "min.compaction.lag.ms"), time.Now().UnixMilli()
	last := pd.totalBatches() - 1
	pd.eachBatchMeta(func(_, _ int, m *batchMeta) bool {
		end = m.firstOffset
		if n >= last || m.firstOffset >= pd.lastStableOffset || now-m.maxTimestamp < lagMs {
			return false
		}
		n++
		return true
	})
	return n, end
}

// eachBatch reads every batch of the log and says of each whether it is among the cleanable ones. It
// returns false if a batch can't be read or fn said so.
func (c *Cluster) eachBatch(pd *partData, cleanable int, fn func(b *partBatch, clean bool) bool) bool {
	n, ok := 0, true
	pd.eachBatchMeta(func(segment, _ int, m *batchMeta) bool {
		b, err := c.readBatchFull(pd, segment, m)
		if err != nil {
			c.cfg.logger.Logf(LogLevelError, "compaction of %s-%d stopped: %v", pd.t, pd.p, err)
			ok = false
			return false
		}
		n++
		if ok = fn(b, n <= cleanable); !ok {
			c.cfg.logger.Logf(LogLevelError, "compaction of %s-%d stopped: the batch at offset %d can't be unpacked or written", pd.t, pd.p, b.FirstOffset)
		}
		return ok
	})
	return ok
}

// partitionDir is where a partition's files are.
func (c *Cluster) partitionDir(pd *partData) string {
	return filepath.Clean(partDir(c.storageDir, pd.id, pd.p))
}
