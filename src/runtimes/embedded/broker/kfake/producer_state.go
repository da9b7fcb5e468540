package kfake

// loadedProducer is the sequence window of one producer on one partition.
type loadedProducer struct {
	pid   int64
	topic string
	part  int32
}

// noteProducer is called for each batch of the log, in order, while it is loaded: it rebuilds what a running
// broker knows of idempotent producers, as Kafka does.
func (c *Cluster) noteProducer(pd *partData, b *partBatch) {
	if b.ProducerID < 0 || b.Attributes&0x0020 != 0 {
		return
	}
	if c.loadedProducers == nil {
		c.loadedProducers = make(map[loadedProducer]*pidwindow)
	}
	key := loadedProducer{b.ProducerID, pd.t, pd.p}
	w := c.loadedProducers[key]
	if w == nil {
		w = new(pidwindow)
		c.loadedProducers[key] = w
	}
	if ok, _, _ := w.pushAndValidate(b.ProducerEpoch, b.FirstSequence, b.NumRecords, b.FirstOffset); !ok {
		// Batches in between were compacted or deleted: what follows starts anew.
		*w = pidwindow{}
		w.pushAndValidate(b.ProducerEpoch, b.FirstSequence, b.NumRecords, b.FirstOffset)
	}
}

// restoreProducers puts the rebuilt windows in the place of those of the last clean stop.
func (c *Cluster) restoreProducers() {
	for key, w := range c.loadedProducers {
		info, _ := c.pids.getOrCreateNonTx(key.pid, w.epoch, key.topic, key.part)
		info.epoch = max(info.epoch, w.epoch)
		info.windows.set(key.topic, key.part, *w)
	}
	c.loadedProducers = nil
}
