package kfake

// replayTransactions works out from a partition's log, given in order, which transactions were aborted and which
// have no end yet. The log alone decides: what else kfake keeps of transactions is that of the last clean stop.
func (pd *partData) replayTransactions(batches []*partBatch) {
	open := make(map[int64]int64) // producer id -> first offset
	for _, b := range batches {
		first, isOpen := open[b.ProducerID]
		switch {
		case b.Attributes&0x0020 == 0:
			if b.inTx && !isOpen {
				open[b.ProducerID] = b.FirstOffset
			}
		case isOpen:
			if isAbortMarker(b) {
				pd.abortedTxns = append(pd.abortedTxns, abortedTxnEntry{b.ProducerID, first, b.FirstOffset})
			}
			delete(open, b.ProducerID)
		}
	}
	pd.uncommittedPIDs = open
}

// endKilledTransactions writes the markers of transactions that a kill left without. Those that were being committed
// are committed; all others are aborted, their producers fenced as after a timeout. kfake's own version kept the
// aborts in memory, so that the next commit of the same producer, or the second start, showed their records.
func (c *Cluster) endKilledTransactions() {
	killed := make(map[*pidinfo]struct{})
	for _, pidinf := range c.pids.ids {
		if pidinf.killed != nil && !pidinf.inTx {
			killed[pidinf] = struct{}{}
		}
	}
	unknown := make(map[int64]*pidinfo)
	c.data.tps.each(func(t string, p int32, pd *partData) {
		for id := range pd.uncommittedPIDs {
			pidinf := c.pids.ids[id]
			if pidinf == nil {
				if pidinf = unknown[id]; pidinf == nil {
					pidinf = &pidinfo{pids: &c.pids, id: id}
					unknown[id] = pidinf
				}
			}
			pidinf.txParts.mkt(t)[p] = pd
			if !pidinf.inTx { // else it goes on, after a clean stop
				killed[pidinf] = struct{}{}
			}
		}
	})
	for pidinf := range killed {
		pidinf.endKilled()
	}
	for _, pidinf := range c.pids.ids {
		pidinf.killed = nil
	}
}

func (pidinf *pidinfo) endKilled() {
	pids, bumps, commits := pidinf.pids, true, false
	if k := pidinf.killed; k != nil && k.Type == "commit" {
		commits, bumps = true, k.Epoch != pidinf.epoch
		pidinf.txGroups, pidinf.txOffsets = nil, make(map[string]tps[offsetCommit])
		for group, topics := range k.Offsets {
			var offsets tps[offsetCommit]
			for t, parts := range topics {
				for p, o := range parts {
					offsets.set(t, p, offsetCommit{offset: o.Offset, leaderEpoch: o.LeaderEpoch, metadata: o.Metadata})
				}
			}
			pidinf.txGroups = append(pidinf.txGroups, group)
			pidinf.txOffsets[group] = offsets
		}
	}
	pids.c.cfg.logger.Logf(LogLevelWarn, "a transaction of producer %d (%q) was open at a kill: committed %v", pidinf.id, pidinf.txid, commits)
	pidinf.endTx(commits)
	if pids.ids[pidinf.id] != pidinf {
		return
	}
	if bumps {
		pidinf = pids.bumpEpoch(pidinf)
	}
	pids.c.persistPIDEntry(pidLogEntry{
		Type: "init", PID: pidinf.id, Epoch: pidinf.epoch, TxID: pidinf.txid, Timeout: pidinf.txTimeout, Commit: pidinf.ended,
	})
}

// persistCommit makes the commit happen even if a kill comes before all of its markers and offsets are written.
func (pidinf *pidinfo) persistCommit(bumps bool) {
	entry := pidLogEntry{Type: "commit", PID: pidinf.id, Epoch: pidinf.epoch}
	if bumps {
		entry.Epoch++
	}
	for group, offsets := range pidinf.txOffsets {
		if entry.Offsets == nil {
			entry.Offsets = make(map[string]map[string]map[int32]sessionTxStagedOffsetCommit)
		}
		topics := make(map[string]map[int32]sessionTxStagedOffsetCommit)
		entry.Offsets[group] = topics
		offsets.each(func(t string, p int32, o *offsetCommit) {
			if topics[t] == nil {
				topics[t] = make(map[int32]sessionTxStagedOffsetCommit)
			}
			topics[t][p] = sessionTxStagedOffsetCommit{Offset: o.offset, LeaderEpoch: o.leaderEpoch, Metadata: o.metadata}
		})
	}
	pidinf.pids.c.persistPIDEntry(entry)
}

// endedBy says whether the last transaction since InitProducerID was ended like that.
func (pidinf *pidinfo) endedBy(commit bool) bool {
	return pidinf.ended != nil && *pidinf.ended == commit
}
