package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/twmb/franz-go/pkg/kfake"
)

// config is what the host passes as JSON in LKM_EMBEDDED_BROKER; the host has checked it (host/config.ts).
type config struct {
	Host              string `json:"host"`
	Port              int    `json:"port"`
	AdvertisedHost    string `json:"advertisedHost"`
	ClusterID         string `json:"clusterId"`
	DataDir           string `json:"dataDir"`
	DefaultPartitions int    `json:"defaultPartitions"`
	DataCapBytes      int64  `json:"dataCapBytes"`
	LogLevel          string `json:"logLevel"`
}

func readConfig() (config, error) {
	var c config
	if err := json.Unmarshal([]byte(os.Getenv("LKM_EMBEDDED_BROKER")), &c); err != nil {
		return c, fmt.Errorf("LKM_EMBEDDED_BROKER: %w", err)
	}
	if c.AdvertisedHost == "" {
		c.AdvertisedHost = c.Host
	}
	return c, nil
}

// logger hands kfake's log lines to the host, which escapes them.
type logger struct {
	level kfake.LogLevel
	host  host
}

func newLogger(level string, h host) logger {
	levels := map[string]kfake.LogLevel{"error": kfake.LogLevelError, "warn": kfake.LogLevelWarn, "info": kfake.LogLevelInfo, "debug": kfake.LogLevelDebug}
	return logger{level: levels[level], host: h}
}

func (l logger) Logf(level kfake.LogLevel, msg string, args ...any) {
	if level <= l.level {
		l.host.log(level.String(), fmt.Sprintf(msg, args...))
	}
}
