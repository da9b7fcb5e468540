// The embedded broker: kfake, built for js/wasm, with its listener and its log in the hands of the Node
// process around it (../host).
package main

import (
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// housekeeping is how often retention and compaction run; Kafka's own checks are 15 s to 5 minutes apart.
const housekeeping = 60 * time.Second

// stopHousekeeping is how long compaction may hold up a clean stop.
const stopHousekeeping = time.Second

func main() {
	h := newHost()
	if err := run(h); err != nil {
		h.failed(err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

func run(h host) error {
	cfg, err := readConfig()
	if err != nil {
		return err
	}
	ln := newListener(h, cfg.Host, cfg.AdvertisedHost)
	cluster, err := kfake.NewCluster(
		kfake.Ports(cfg.Port),
		kfake.ListenFn(ln.listen),
		kfake.ClusterID(cfg.ClusterID),
		kfake.DefaultNumPartitions(cfg.DefaultPartitions),
		kfake.DataDir(cfg.DataDir),
		kfake.HostFiles(h.Get("files")),
		kfake.DataCap(cfg.DataCapBytes),
		kfake.DiskSpace(h.diskSpace),
		kfake.WithLogger(newLogger(cfg.LogLevel, h)),
	)
	if err != nil {
		return err
	}
	stop := h.ready(ln.port)
	tick := time.NewTicker(housekeeping)
	for {
		select {
		case <-tick.C:
			cluster.KeepHouse(housekeeping / 2)
		case <-stop:
			cluster.KeepHouse(stopHousekeeping)
			cluster.Close()
			return nil
		}
	}
}
