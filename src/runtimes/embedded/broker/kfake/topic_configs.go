package kfake

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// topicConfig is one topic config key as Apache Kafka 4.3 defines it in LogConfig.
type topicConfig struct {
	name   string
	typ    kmsg.ConfigType
	def    string
	broker string // the broker config that sets the default of this key, empty if none
	min    string // smallest allowed number, empty if none
	max    string // largest allowed number, empty if none
	oneOf  string // allowed words, separated by ", "
}

const (
	maxLong  = "9223372036854775807"
	weekMs   = "604800000"
	throttle = "[partitionId]:[brokerId],[partitionId]:[brokerId],..."
)

// topicConfigs are all 33 public topic configs of Kafka 4.3, sorted by name.
var topicConfigs = []topicConfig{
	{name: "cleanup.policy", typ: kmsg.ConfigTypeList, def: "delete", broker: "log.cleanup.policy", oneOf: "compact, delete"},
	{name: "compression.gzip.level", typ: kmsg.ConfigTypeInt, def: "-1", broker: "compression.gzip.level"},
	{name: "compression.lz4.level", typ: kmsg.ConfigTypeInt, def: "9", broker: "compression.lz4.level", min: "1", max: "17"},
	{name: "compression.type", typ: kmsg.ConfigTypeString, def: "producer", broker: "compression.type", oneOf: "uncompressed, zstd, lz4, snappy, gzip, producer"},
	{name: "compression.zstd.level", typ: kmsg.ConfigTypeInt, def: "3", broker: "compression.zstd.level", min: "-131072", max: "22"},
	{name: "delete.retention.ms", typ: kmsg.ConfigTypeLong, def: "86400000", broker: "log.cleaner.delete.retention.ms", min: "0"},
	{name: "file.delete.delay.ms", typ: kmsg.ConfigTypeLong, def: "60000", broker: "log.segment.delete.delay.ms", min: "0"},
	{name: "flush.messages", typ: kmsg.ConfigTypeLong, def: maxLong, broker: "log.flush.interval.messages", min: "1"},
	{name: "flush.ms", typ: kmsg.ConfigTypeLong, def: maxLong, min: "0"},
	{name: "follower.replication.throttled.replicas", typ: kmsg.ConfigTypeList, oneOf: throttle},
	{name: "index.interval.bytes", typ: kmsg.ConfigTypeInt, def: "4096", broker: "log.index.interval.bytes", min: "0"},
	{name: "leader.replication.throttled.replicas", typ: kmsg.ConfigTypeList, oneOf: throttle},
	{name: "local.retention.bytes", typ: kmsg.ConfigTypeLong, def: "-2", broker: "log.local.retention.bytes", min: "-2"},
	{name: "local.retention.ms", typ: kmsg.ConfigTypeLong, def: "-2", broker: "log.local.retention.ms", min: "-2"},
	{name: "max.compaction.lag.ms", typ: kmsg.ConfigTypeLong, def: maxLong, broker: "log.cleaner.max.compaction.lag.ms", min: "1"},
	{name: "max.message.bytes", typ: kmsg.ConfigTypeInt, def: "1048588", broker: "message.max.bytes", min: "0"},
	{name: "message.timestamp.after.max.ms", typ: kmsg.ConfigTypeLong, def: "3600000", broker: "log.message.timestamp.after.max.ms", min: "0"},
	{name: "message.timestamp.before.max.ms", typ: kmsg.ConfigTypeLong, def: maxLong, broker: "log.message.timestamp.before.max.ms", min: "0"},
	{name: "message.timestamp.type", typ: kmsg.ConfigTypeString, def: "CreateTime", broker: "log.message.timestamp.type", oneOf: "CreateTime, LogAppendTime"},
	{name: "min.cleanable.dirty.ratio", typ: kmsg.ConfigTypeDouble, def: "0.5", broker: "log.cleaner.min.cleanable.ratio", min: "0", max: "1"},
	{name: "min.compaction.lag.ms", typ: kmsg.ConfigTypeLong, def: "0", broker: "log.cleaner.min.compaction.lag.ms", min: "0"},
	{name: "min.insync.replicas", typ: kmsg.ConfigTypeInt, def: "1", broker: "min.insync.replicas", min: "1"},
	{name: "preallocate", typ: kmsg.ConfigTypeBoolean, def: "false", broker: "log.preallocate"},
	{name: "remote.log.copy.disable", typ: kmsg.ConfigTypeBoolean, def: "false"},
	{name: "remote.log.delete.on.disable", typ: kmsg.ConfigTypeBoolean, def: "false"},
	{name: "remote.storage.enable", typ: kmsg.ConfigTypeBoolean, def: "false"},
	{name: "retention.bytes", typ: kmsg.ConfigTypeLong, def: "-1", broker: "log.retention.bytes"},
	{name: "retention.ms", typ: kmsg.ConfigTypeLong, def: weekMs, broker: "log.retention.ms", min: "-1"},
	{name: "segment.bytes", typ: kmsg.ConfigTypeInt, def: "1073741824", broker: "log.segment.bytes", min: "1048576"},
	{name: "segment.index.bytes", typ: kmsg.ConfigTypeInt, def: "10485760", broker: "log.index.size.max.bytes", min: "4"},
	{name: "segment.jitter.ms", typ: kmsg.ConfigTypeLong, def: "0", min: "0"},
	{name: "segment.ms", typ: kmsg.ConfigTypeLong, def: weekMs, broker: "log.roll.ms", min: "1"},
	{name: "unclean.leader.election.enable", typ: kmsg.ConfigTypeBoolean, def: "false", broker: "unclean.leader.election.enable"},
}

var (
	throttledReplicas = regexp.MustCompile(`^(\*|\d+:\d+(,\d+:\d+)*)?$`)
	typeNames         = map[kmsg.ConfigType]string{kmsg.ConfigTypeInt: "INT", kmsg.ConfigTypeLong: "LONG", kmsg.ConfigTypeDouble: "DOUBLE"}
)

// findTopicConfig returns the definition of a topic config key, nil if Kafka has no such key.
func findTopicConfig(name string) *topicConfig {
	for i := range topicConfigs {
		if topicConfigs[i].name == name {
			return &topicConfigs[i]
		}
	}
	return nil
}

// topicConfigError validates a whole set of topic configs, as Kafka's LogConfig.validate does, and
// returns Kafka's message for the first fault, or "" if there is none.
func topicConfigError(configs map[string]*string) string {
	for name := range configs {
		if findTopicConfig(name) == nil {
			return "Unknown topic config name: " + name
		}
	}
	for i := range topicConfigs {
		def := &topicConfigs[i]
		v, set := configs[def.name]
		if !set {
			continue
		}
		if v == nil {
			return "Null value not supported for topic configs: " + def.name
		}
		if why := def.fault(strings.TrimSpace(*v)); why != "" {
			return why
		}
	}
	minLag, maxLag := effectiveLong(configs, "min.compaction.lag.ms"), effectiveLong(configs, "max.compaction.lag.ms")
	if minLag > maxLag {
		return fmt.Sprintf("conflict topic config setting min.compaction.lag.ms (%d) > max.compaction.lag.ms (%d)", minLag, maxLag)
	}
	if v := configs["remote.storage.enable"]; v != nil && strings.EqualFold(strings.TrimSpace(*v), "true") {
		return "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage."
	}
	return ""
}

// fault says, in Kafka's words, why v is no value for this key; "" if it is one.
func (def *topicConfig) fault(v string) string {
	invalid := func(v, why string) string {
		return fmt.Sprintf("Invalid value %s for configuration %s: %s", v, def.name, why)
	}
	switch def.typ {
	case kmsg.ConfigTypeBoolean:
		if !strings.EqualFold(v, "true") && !strings.EqualFold(v, "false") {
			return invalid(v, "Expected value to be either true or false")
		}
	case kmsg.ConfigTypeString:
		if !listHas(def.oneOf, v) {
			return invalid(v, "String must be one of: "+def.oneOf)
		}
	case kmsg.ConfigTypeList:
		if def.oneOf == throttle {
			if !throttledReplicas.MatchString(v) {
				return invalid("["+v+"]", def.name+" must be the literal '*' or a list of replicas in the following format: "+throttle)
			}
			break
		}
		for _, word := range splitList(v) {
			if !listHas(def.oneOf, word) {
				return invalid(word, "String must be one of: "+def.oneOf)
			}
		}
	default:
		n, ok := parseNumber(def.typ, v)
		if !ok {
			return invalid(v, "Not a number of type "+typeNames[def.typ])
		}
		if def.name == "compression.gzip.level" && n != -1 && (n < 1 || n > 9) {
			return invalid(v, "Value must be between 1 and 9 or equal to -1")
		}
		if least, ok := parseNumber(def.typ, def.min); ok && n < least {
			return invalid(v, "Value must be at least "+def.min)
		}
		if most, ok := parseNumber(def.typ, def.max); ok && n > most {
			return invalid(v, "Value must be no more than "+def.max)
		}
	}
	return ""
}

// parseNumber reads v as a number of the given type. A float64 holds every bound that we compare with.
func parseNumber(typ kmsg.ConfigType, v string) (float64, bool) {
	if typ == kmsg.ConfigTypeDouble {
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	bits := 64
	if typ == kmsg.ConfigTypeInt {
		bits = 32
	}
	n, err := strconv.ParseInt(v, 10, bits)
	return float64(n), err == nil
}

// effectiveLong is the value of a LONG key in the given set, or else its default. The set must be valid.
func effectiveLong(configs map[string]*string, name string) int64 {
	v := findTopicConfig(name).def
	if set := configs[name]; set != nil {
		v = *set
	}
	n, _ := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
	return n
}

// splitList splits a LIST value at its commas; empty text is the empty list.
func splitList(v string) []string {
	if v == "" {
		return nil
	}
	words := strings.Split(v, ",")
	for i := range words {
		words[i] = strings.TrimSpace(words[i])
	}
	return words
}

func listHas(list, word string) bool {
	for _, w := range splitList(list) {
		if w == word {
			return true
		}
	}
	return false
}
