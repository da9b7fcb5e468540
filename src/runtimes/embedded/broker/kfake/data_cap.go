package kfake

const (
	// checksPerCap: the cap is checked each time that 1/32 of it was appended, and a segment is no
	// larger than that, so the data never exceeds the cap by more.
	checksPerCap    = 32
	minSegmentBytes = 64 << 10
)

// DataCap bounds the bytes of all segment files together: past it the oldest segment of the largest
// partition goes, compacted topics last. 0, the default, is no bound. A restart reads every byte, so the
// cap bounds the time and memory of a restart.
func DataCap(bytes int64) Opt { return opt{func(cfg *cfg) { cfg.dataCap = bytes }} }

// countAppended is called with the bytes of each appended batch.
func (c *Cluster) countAppended(nbytes int) {
	c.appendedBytes += int64(nbytes)
	if c.cfg.dataCap > 0 && c.appendedBytes >= c.cfg.dataCap/checksPerCap {
		c.holdDataCap()
	}
}

// segmentLimit is the largest size of a segment file: all active segments together, which can't be
// dropped, stay below a quarter of the cap.
func (c *Cluster) segmentLimit() int64 {
	if c.cfg.dataCap <= 0 {
		return 1 << 30
	}
	perPartition := c.cfg.dataCap / 4 / int64(max(c.filledPartitions, 1))
	return max(minSegmentBytes, min(perPartition, c.cfg.dataCap/checksPerCap))
}

// holdDataCap drops the oldest segments until the data fits the cap.
func (c *Cluster) holdDataCap() {
	c.appendedBytes = 0
	if c.cfg.dataCap <= 0 {
		return
	}
	var total int64
	c.filledPartitions = 0
	c.data.tps.each(func(_ string, _ int32, pd *partData) {
		if len(pd.segments) > 0 {
			c.filledPartitions++
			total += pd.fileBytes()
		}
	})
	for _, spareCompacted := range []bool{true, false} {
		for total > c.cfg.dataCap {
			pd := c.largestDroppable(spareCompacted)
			if pd == nil {
				break
			}
			size := pd.segments[0].size
			before := pd.logStartOffset
			c.dropSegments(pd, 1)
			total -= size
			c.cfg.logger.Logf(LogLevelWarn, "data cap of %d bytes reached: deleted offsets %d to %d of %s-%d", c.cfg.dataCap, before, pd.logStartOffset-1, pd.t, pd.p)
		}
	}
}

// largestDroppable is the largest partition that has a segment besides its active one.
func (c *Cluster) largestDroppable(spareCompacted bool) *partData {
	var largest *partData
	var most int64
	c.data.tps.each(func(topic string, _ int32, pd *partData) {
		if len(pd.segments) < 2 || (spareCompacted && !c.hasPolicy(topic, "delete")) {
			return
		}
		if size := pd.fileBytes(); size > most {
			largest, most = pd, size
		}
	})
	return largest
}
