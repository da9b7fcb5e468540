package kfake

import (
	"hash/crc32"
	"os"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func openCluster(t *testing.T, dir string) *Cluster {
	t.Helper()
	c, err := NewCluster(Ports(0), DataDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// killed opens a broker on what is on the disk of a running one, as after a kill.
func killed(t *testing.T, dir string) (*Cluster, string) {
	t.Helper()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return openCluster(t, copied), copied
}

func transactionalBatch(id int64, epoch int16) kmsg.RecordBatch {
	b := kmsg.RecordBatch{
		Magic: 2, Attributes: 0x0010, ProducerID: id, ProducerEpoch: epoch, NumRecords: 1,
		Records: []byte{14, 0, 0, 0, 1, 2, 'v', 0},
	}
	b.Length = int32(49 + len(b.Records))
	b.CRC = int32(crc32.Checksum(b.AppendTo(nil)[21:], crc32c))
	return b
}

// appendInTransaction starts the transaction if need be, and puts a batch of one record into it.
func appendInTransaction(c *Cluster, id int64, p int32) {
	pd, _ := c.data.tps.getp("t", p)
	pidinf, _ := c.pids.get(id, "t", p, pd)
	b := transactionalBatch(id, pidinf.epoch)
	c.pushBatch(pd, len(b.AppendTo(nil)), b, true)
}

// visible are the offsets of the partition that read_committed shows.
func visible(c *Cluster, p int32) (offsets []int64) {
	pd, _ := c.data.tps.getp("t", p)
	pd.eachBatchMeta(func(segment, _ int, m *batchMeta) bool {
		b, err := c.readBatchFull(pd, segment, m)
		if err == nil && b.Attributes&0x0020 == 0 && m.firstOffset < pd.lastStableOffset && !pd.isBatchAborted(b) {
			offsets = append(offsets, m.firstOffset)
		}
		return true
	})
	return offsets
}

func wantVisible(t *testing.T, c *Cluster, when string, p int32, want int) {
	t.Helper()
	pd, _ := c.data.tps.getp("t", p)
	if got := visible(c, p); len(got) != want || pd.lastStableOffset != pd.highWatermark {
		t.Errorf("%s: partition %d shows %v, stable to %d of %d; want %d records", when, p, got, pd.lastStableOffset, pd.highWatermark, want)
	}
}

func begun(t *testing.T) (c *Cluster, dir string, id int64) {
	dir, txid := t.TempDir(), "tx"
	c = openCluster(t, dir)
	c.admin(func() {
		c.data.mkt("t", 2, 1, nil)
		c.persistTopicsState()
		id, _ = c.pids.create(&txid, 60_000)
		c.pids.c.persistPIDEntry(pidLogEntry{Type: "init", PID: id, TxID: txid, Timeout: 60_000})
		appendInTransaction(c, id, 0)
		appendInTransaction(c, id, 1)
	})
	return c, dir, id
}

func TestKilledTransactionStaysAborted(t *testing.T) {
	_, dir, id := begun(t)
	c, dir := killed(t, dir)
	c.admin(func() {
		wantVisible(t, c, "after the kill", 0, 0)
		if p := c.pids.getpid(id); p.epoch != 1 || p.inTx || !p.endedBy(false) {
			t.Errorf("the producer is at epoch %d, in a transaction: %v", p.epoch, p.inTx)
		}
		appendInTransaction(c, id, 0)
		c.pids.getpid(id).endTx(true)
		wantVisible(t, c, "after a commit", 0, 1)
	})
	c, _ = killed(t, dir)
	c.admin(func() {
		wantVisible(t, c, "after the second kill", 0, 1)
		wantVisible(t, c, "after the second kill", 1, 0)
	})
}

func TestKilledCommitIsFinished(t *testing.T) {
	c, dir, id := begun(t)
	c.admin(func() {
		pidinf := c.pids.getpid(id)
		pidinf.txGroups = []string{"g"}
		var offsets tps[offsetCommit]
		offsets.set("t", 0, offsetCommit{offset: 7})
		pidinf.txOffsets = map[string]tps[offsetCommit]{"g": offsets}
		pidinf.persistCommit(true)
		pd, _ := c.data.tps.getp("t", 0)
		c.writeTxnMarker(pd, id, 0, true, 0) // and not on partition 1
	})
	c, dir = killed(t, dir)
	check := func(when string) {
		wantVisible(t, c, when, 0, 1)
		wantVisible(t, c, when, 1, 1)
		if o, ok := c.groups.gs["g"].commits.getp("t", 0); !ok || o.offset != 7 {
			t.Errorf("%s: the offset is not committed", when)
		}
		if p := c.pids.getpid(id); p.epoch != 1 || !p.endedBy(true) {
			t.Errorf("%s: the producer is at epoch %d", when, p.epoch)
		}
	}
	c.admin(func() { check("after the kill") })
	c, _ = killed(t, dir)
	c.admin(func() { check("after the second kill") })
}

func TestTransactionOpenAtACleanStopGoesOnUntilAKill(t *testing.T) {
	c, dir, id := begun(t)
	c.Close()
	c = openCluster(t, dir)
	c.admin(func() {
		if !c.pids.getpid(id).inTx || len(visible(c, 0)) != 0 {
			t.Error("it did not go on")
		}
	})
	c, _ = killed(t, dir)
	c.admin(func() { wantVisible(t, c, "after the kill", 0, 0) })
}

func TestEndWithoutATransaction(t *testing.T) {
	_, dir, id := begun(t)
	c, _ := killed(t, dir)
	end := func(version, epoch int16, commit bool) int16 {
		req := kmsg.NewPtrEndTxnRequest()
		req.Version, req.TransactionalID, req.ProducerID, req.ProducerEpoch, req.Commit = version, "tx", id, epoch, commit
		return c.pids.doEnd(&clientReq{cc: &clientConn{c: c, b: c.coordinator("tx")}, kreq: req}).(*kmsg.EndTxnResponse).ErrorCode
	}
	c.admin(func() {
		for _, e := range []struct {
			version, epoch int16
			commit         bool
			want           int16
		}{
			{5, 0, true, 48}, // aborted by the kill
			{5, 0, false, 0}, // that it is aborted is true
			{5, 1, true, 48}, // nothing to commit
			{4, 0, true, 90}, // fenced
			{4, 1, true, 48}, // nothing to commit
		} {
			if got := end(e.version, e.epoch, e.commit); got != e.want {
				t.Errorf("%+v: %d", e, got)
			}
		}
	})
}

func TestFencedProducerStartsNoTransaction(t *testing.T) {
	_, dir, id := begun(t)
	c, _ := killed(t, dir)
	c.admin(func() {
		b := transactionalBatch(id, 0)
		req := kmsg.NewPtrProduceRequest()
		req.Version, req.Acks = 12, -1
		req.Topics = []kmsg.ProduceRequestTopic{{Topic: "t", Partitions: []kmsg.ProduceRequestTopicPartition{{Records: b.AppendTo(nil)}}}}
		pd, _ := c.data.tps.getp("t", 0)
		resp, err := c.handleProduce(&clientReq{cc: &clientConn{c: c, b: pd.leader}, kreq: req})
		if err != nil {
			t.Fatal(err)
		}
		if code := resp.(*kmsg.ProduceResponse).Topics[0].Partitions[0].ErrorCode; code != 47 || c.pids.getpid(id).inTx {
			t.Errorf("code %d, in a transaction: %v", code, c.pids.getpid(id).inTx)
		}
	})
}
