package kfake

import (
	"os"
	"path/filepath"
	"time"
)

// logWriter writes a partition's compacted log into a directory beside the live one.
type logWriter struct {
	c        *Cluster
	pd       *partData
	dir      string
	segments []segmentInfo
	log, idx file
	err      error
}

func newLogWriter(c *Cluster, pd *partData) *logWriter {
	w := &logWriter{c: c, pd: pd, dir: c.partitionDir(pd) + cleanSuffix}
	c.fs.RemoveAll(w.dir)
	w.err = c.fs.MkdirAll(w.dir, 0o755)
	return w
}

// append writes one batch, into a new segment if the current one is full. False: it failed.
func (w *logWriter) append(b *partBatch) bool {
	if n := len(w.segments); w.err == nil && (n == 0 || w.segments[n-1].size >= w.c.segmentBytes(w.pd.t)) {
		w.roll(b.FirstOffset)
	}
	if w.err != nil {
		return false
	}
	seg := &w.segments[len(w.segments)-1]
	raw := encodeBatch(b)
	defer batchPool.Put(raw)
	entry := encodeIndexEntry(b.epoch, b.maxEarlierTimestamp, b.inTx)
	if _, w.err = w.log.Write(*raw); w.err == nil {
		_, w.err = w.idx.Write(entry[:])
	}
	meta := b.meta(seg.size)
	seg.index = append(seg.index, meta)
	seg.updateEpochRange(b.epoch)
	seg.updateMaxBatch(meta, seg.size == 0)
	seg.size += int64(len(*raw))
	return w.err == nil
}

func (w *logWriter) roll(base int64) {
	w.close()
	if w.log, w.err = w.create(segmentFileName(base)); w.err == nil {
		w.idx, w.err = w.create(indexFileName(base))
	}
	w.segments = append(w.segments, segmentInfo{base: base, lastModified: time.Now().UnixMilli()})
}

func (w *logWriter) create(name string) (file, error) {
	return w.c.fs.OpenFile(filepath.Join(w.dir, name), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
}

func (w *logWriter) close() {
	for _, f := range []file{w.log, w.idx} {
		if f != nil {
			f.Close()
		}
	}
	w.log, w.idx = nil, nil
}

// swapIn makes the written log the partition's log. False: it failed and the old log is still in place.
func (w *logWriter) swapIn() bool {
	w.close()
	pd, pdir := w.pd, w.c.partitionDir(w.pd)
	if w.err == nil {
		w.err = writeLogStart(w.c.fs, w.dir, pd.logStartOffset)
	}
	if w.err != nil {
		return false
	}
	pd.closeAllFiles(false)
	if w.err = w.c.fs.Rename(pdir, pdir+oldSuffix); w.err != nil {
		return false
	}
	if w.err = w.c.fs.Rename(w.dir, pdir); w.err != nil {
		w.c.fs.Rename(pdir+oldSuffix, pdir)
		return false
	}
	w.c.fs.RemoveAll(pdir + oldSuffix)
	pd.segments, pd.nbytes = w.segments, 0
	for i := range pd.segments {
		pd.nbytes += pd.segments[i].size
	}
	pd.rebuildMaxTimestampMeta()
	pd.trimAbortedTxns()
	return true
}

// abandon removes what was written.
func (w *logWriter) abandon() {
	w.close()
	if w.err != nil {
		w.c.cfg.logger.Logf(LogLevelError, "compaction of %s-%d failed: %v", w.pd.t, w.pd.p, w.err)
	}
	w.c.fs.RemoveAll(w.dir)
}
