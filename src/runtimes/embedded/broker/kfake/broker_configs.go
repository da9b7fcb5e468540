package kfake

// DiskSpace says how to ask for the total and the usable bytes of the disk below the data directory, for
// DescribeLogDirs; -1 where that is unknown.
func DiskSpace(fn func() (total, usable int64)) Opt {
	return opt{func(cfg *cfg) { cfg.diskSpace = fn }}
}

// Every broker config that sets the default of a topic config is described and accepted too.
func init() {
	for i := range topicConfigs {
		if def := &topicConfigs[i]; def.broker != "" {
			validBrokerConfigs[def.broker] = def.name
			configDefaults[def.broker] = def.def
			configTypes[def.broker] = def.typ
		}
	}
	configDefaults["default.replication.factor"] = "1"
}

// findBrokerConfig returns the topic config whose default a broker config sets, nil if it sets none.
func findBrokerConfig(name string) *topicConfig {
	for i := range topicConfigs {
		if name != "" && topicConfigs[i].broker == name {
			return &topicConfigs[i]
		}
	}
	return nil
}

// readOnlyBrokerConfigs can't be changed while a broker runs.
var readOnlyBrokerConfigs = map[string]bool{
	"auto.create.topics.enable": true,
	"broker.id":                 true,
	"broker.rack":               true,
	"log.dir":                   true,
	"num.partitions":            true,
	"sasl.enabled.mechanisms":   true,
	"super.users":               true,
}
