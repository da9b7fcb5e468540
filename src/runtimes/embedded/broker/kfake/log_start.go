package kfake

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// logStartFile holds a partition's log start offset, so that DeleteRecords and retention survive a kill:
// kfake writes it on a clean stop only. No file means that nothing was ever deleted from the front.
const logStartFile = "log_start.json"

type persistedLogStart struct {
	LogStartOffset int64 `json:"log_start_offset"`
}

// persistLogStart must be called before the files below the new log start offset are removed.
func (c *Cluster) persistLogStart(pd *partData) {
	pdir := partDir(c.storageDir, pd.id, pd.p)
	if err := c.fs.MkdirAll(pdir, 0o755); err != nil {
		c.cfg.logger.Logf(LogLevelError, "persist log start of %s-%d: %v", pd.t, pd.p, err)
		return
	}
	if err := writeLogStart(c.fs, pdir, pd.logStartOffset); err != nil {
		c.cfg.logger.Logf(LogLevelError, "persist log start of %s-%d: %v", pd.t, pd.p, err)
	}
}

// writeLogStart replaces the file at once.
func writeLogStart(fsys fs, pdir string, offset int64) error {
	return writeUnsynced(fsys, filepath.Join(pdir, logStartFile), persistedLogStart{LogStartOffset: offset})
}

// writeUnsynced is writeJSONFile without the fsync, which a kill of the process does not need.
func writeUnsynced(fsys fs, path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := fsys.OpenFile(path+".tmp", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return fsys.Rename(path+".tmp", path)
}

// saveLimit is how long a clean stop saves snapshots; partitions without one are read anew at the next start.
const saveLimit = 3 * time.Second

// writeSnapshot writes a file that is ignored if it is damaged. It is deleted first: some file systems flush
// the data to the disk when a file is replaced or cut.
func writeSnapshot(fsys fs, path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	fsys.Remove(path)
	f, err := fsys.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(data)
	return err
}

// restoreLogStart puts a loaded partition at its persisted log start offset: batches below it go, and an
// empty log keeps its place, so that no offset is given out twice.
func (c *Cluster) restoreLogStart(pd *partData, fsys fs, pdir string) error {
	var saved persistedLogStart
	found, err := readJSONFile(fsys, filepath.Join(pdir, logStartFile), &saved)
	if err != nil || !found {
		return err
	}
	pd.logStartOffset = saved.LogStartOffset
	if pd.highWatermark < pd.logStartOffset {
		pd.highWatermark, pd.lastStableOffset = pd.logStartOffset, pd.logStartOffset
	}
	c.trimLeft(pd)
	pd.nbytes = 0
	pd.eachBatchMeta(func(_, _ int, m *batchMeta) bool {
		pd.nbytes += int64(m.nbytes)
		return true
	})
	return nil
}
