package kfake

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// topicConfigValue is the value in force for a key of a topic: the topic's own, else the broker's, else
// Kafka's default. Surrounding blanks do not count, as in Kafka.
func (c *Cluster) topicConfigValue(topic, name string) string {
	if v := c.data.tcfgs[topic][name]; v != nil {
		return strings.TrimSpace(*v)
	}
	def := findTopicConfig(name)
	if v := c.bcfgs[def.broker]; v != nil {
		return strings.TrimSpace(*v)
	}
	return def.def
}

// topicConfigLong is topicConfigValue for an INT or LONG key.
func (c *Cluster) topicConfigLong(topic, name string) int64 {
	n, _ := strconv.ParseInt(c.topicConfigValue(topic, name), 10, 64)
	return n
}

// hasPolicy says whether the topic's cleanup.policy names the policy ("compact" or "delete").
func (c *Cluster) hasPolicy(topic, policy string) bool {
	return listHas(c.topicConfigValue(topic, "cleanup.policy"), policy)
}

// describeTopicConfigs answers DescribeConfigs for a topic with the given own configs: every key, its
// value in force, where that came from, and (if asked) the values that it hides.
func (c *Cluster) describeTopicConfigs(own map[string]*string, synonyms bool) []kmsg.DescribeConfigsResponseResourceConfig {
	all := make([]kmsg.DescribeConfigsResponseResourceConfig, 0, len(topicConfigs))
	for i := range topicConfigs {
		def := &topicConfigs[i]
		rc := kmsg.NewDescribeConfigsResponseResourceConfig()
		rc.Name = def.name
		rc.ConfigType = def.typ
		add := func(name string, value *string, source kmsg.ConfigSource) {
			if rc.Value == nil {
				rc.Value, rc.Source = value, source
			}
			if synonyms {
				syn := kmsg.NewDescribeConfigsResponseResourceConfigConfigSynonym()
				syn.Name, syn.Value, syn.Source = name, value, source
				rc.ConfigSynonyms = append(rc.ConfigSynonyms, syn)
			}
		}
		if v := own[def.name]; v != nil {
			add(def.name, v, kmsg.ConfigSourceDynamicTopicConfig)
		}
		if v := c.bcfgs[def.broker]; v != nil {
			add(def.broker, v, kmsg.ConfigSourceDynamicBrokerConfig)
		}
		if def.broker != "" {
			add(def.broker, kmsg.StringPtr(def.def), kmsg.ConfigSourceDefaultConfig)
		} else if rc.Value == nil {
			rc.Value, rc.Source = kmsg.StringPtr(def.def), kmsg.ConfigSourceDefaultConfig
		}
		rc.IsDefault = rc.Source == kmsg.ConfigSourceDefaultConfig
		all = append(all, rc)
	}
	return all
}

// createdTopicConfigs is describeTopicConfigs in the shape of a CreateTopics answer.
func (c *Cluster) createdTopicConfigs(own map[string]*string) []kmsg.CreateTopicsResponseTopicConfig {
	var all []kmsg.CreateTopicsResponseTopicConfig
	for _, rc := range c.describeTopicConfigs(own, false) {
		cc := kmsg.NewCreateTopicsResponseTopicConfig()
		cc.Name, cc.Value, cc.Source = rc.Name, rc.Value, int8(rc.Source)
		all = append(all, cc)
	}
	return all
}

// alteredTopicConfigs applies incremental ops to a copy of a topic's configs and validates the result.
// It returns the copy, or Kafka's error and message.
func (c *Cluster) alteredTopicConfigs(topic string, ops []kmsg.IncrementalAlterConfigsRequestResourceConfig) (map[string]*string, *kerr.Error, string) {
	own := maps.Clone(c.data.tcfgs[topic])
	if own == nil {
		own = make(map[string]*string)
	}
	seen := make(map[string]bool)
	for i := range ops {
		op := &ops[i]
		if seen[op.Name] {
			return nil, kerr.InvalidRequest, "Error due to duplicate config keys"
		}
		seen[op.Name] = true
		if op.Op == kmsg.IncrementalAlterConfigOpDelete {
			delete(own, op.Name)
			continue
		}
		if op.Value == nil {
			return nil, kerr.InvalidRequest, "Null value not supported for : " + op.Name
		}
		if op.Op == kmsg.IncrementalAlterConfigOpSet {
			own[op.Name] = op.Value
			continue
		}
		def := findTopicConfig(op.Name)
		verb := map[kmsg.IncrementalAlterConfigOp]string{kmsg.IncrementalAlterConfigOpAppend: "APPEND", kmsg.IncrementalAlterConfigOpSubtract: "SUBTRACT"}[op.Op]
		if verb == "" {
			return nil, kerr.InvalidRequest, fmt.Sprintf("Unknown operation type %d.", op.Op)
		}
		if def == nil || def.typ != kmsg.ConfigTypeList {
			return nil, kerr.InvalidConfig, fmt.Sprintf("Can't %s to key %s because its type is not LIST.", verb, op.Name)
		}
		words := splitList(c.topicConfigValue(topic, op.Name))
		for _, word := range splitList(*op.Value) {
			words = remove(words, word)
			if verb == "APPEND" {
				words = append(words, word)
			}
		}
		own[op.Name] = kmsg.StringPtr(strings.Join(words, ","))
	}
	if why := topicConfigError(own); why != "" {
		return nil, kerr.InvalidConfig, why
	}
	return own, nil, ""
}

// replacedTopicConfigs is alteredTopicConfigs for the older AlterConfigs: the given configs replace all.
func replacedTopicConfigs(configs []kmsg.AlterConfigsRequestResourceConfig) (map[string]*string, *kerr.Error, string) {
	own := make(map[string]*string, len(configs))
	for i := range configs {
		own[configs[i].Name] = configs[i].Value
	}
	if why := topicConfigError(own); why != "" {
		return nil, kerr.InvalidConfig, why
	}
	return own, nil, ""
}

func remove(words []string, word string) []string {
	kept := words[:0]
	for _, w := range words {
		if w != word {
			kept = append(kept, w)
		}
	}
	return kept
}
