package kfake

import "time"

// keepHouse applies retention, holds the data cap, and compacts what is dirty until the limit is used up. It
// runs on the cluster's own loop.
func (c *Cluster) keepHouse(limit time.Duration) {
	end := time.Now().Add(limit)
	for topic, partitions := range c.data.tps {
		compacts, deletes := c.hasPolicy(topic, "compact"), c.hasPolicy(topic, "delete")
		for _, pd := range partitions {
			if deletes {
				c.applyRetention(pd, topic)
			}
			if compacts && c.isDirty(pd, topic) && time.Now().Before(end) {
				c.compactLog(pd, topic)
			}
		}
	}
	c.holdDataCap()
}

// KeepHouse does what a Kafka broker's cleaner and retention threads do in the background. It begins no
// compaction of a partition after the limit.
func (c *Cluster) KeepHouse(limit time.Duration) { c.admin(func() { c.keepHouse(limit) }) }

// isDirty says whether, of what may be compacted, enough was not yet (min.cleanable.dirty.ratio).
func (c *Cluster) isDirty(pd *partData, topic string) bool {
	var dirty, total int64
	_, end := c.cleanableBatches(pd, topic)
	pd.eachBatchMeta(func(_, _ int, m *batchMeta) bool {
		if m.firstOffset >= end {
			return false
		}
		total += int64(m.nbytes)
		if m.firstOffset >= pd.cleanedTo {
			dirty += int64(m.nbytes)
		}
		return true
	})
	ratio, _ := parseNumber(findTopicConfig("min.cleanable.dirty.ratio").typ, c.topicConfigValue(topic, "min.cleanable.dirty.ratio"))
	return dirty > 0 && float64(dirty) >= ratio*float64(total)
}

// applyRetention deletes old segments as Kafka does: from the front, whole, while the newest record in a
// segment is older than retention.ms or the rest still holds retention.bytes. kfake's own version works by
// batch and deletes everything in front of one old timestamp.
func (c *Cluster) applyRetention(pd *partData, topic string) {
	retentionMs, retentionBytes := c.topicConfigLong(topic, "retention.ms"), c.topicConfigLong(topic, "retention.bytes")
	excess := pd.fileBytes() - retentionBytes
	now := time.Now().UnixMilli()
	drop := 0
	for ; drop < len(pd.segments); drop++ {
		seg := &pd.segments[drop]
		tooMuch := retentionBytes >= 0 && excess >= seg.size
		if !tooMuch && !longerThanRetained(now, seg.largestTimestamp(), retentionMs) {
			break
		}
		excess -= seg.size
	}
	c.dropSegments(pd, drop)
}

// dropSegments deletes the first n segments of a partition and moves its log start offset past them.
func (c *Cluster) dropSegments(pd *partData, n int) {
	if n == 0 {
		return
	}
	start := pd.highWatermark
	if n < len(pd.segments) {
		start = pd.segments[n].base
	}
	if start > pd.logStartOffset {
		pd.logStartOffset = start
		c.trimLeft(pd)
	}
}

// fileBytes is the size of the partition's segment files.
func (pd *partData) fileBytes() int64 {
	var total int64
	for i := range pd.segments {
		total += pd.segments[i].size
	}
	return total
}
