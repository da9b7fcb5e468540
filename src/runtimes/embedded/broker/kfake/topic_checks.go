package kfake

import (
	"fmt"
	"regexp"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// maxBatchOperation is KRaft's limit on the records of one metadata operation: a topic or a partition
// counts as one.
const maxBatchOperation = 10000

var topicChars = regexp.MustCompile(`^[A-Za-z0-9._-]*$`)

// topicNameError says, in Kafka's words, why a name is no topic name; "" if it is one.
func topicNameError(name string) string {
	switch {
	case name == "":
		return "Topic name is invalid: the empty string is not allowed"
	case name == "." || name == "..":
		return "Topic name is invalid: '" + name + "' is not allowed"
	case len(name) > 249:
		return "Topic name is invalid: the length of '" + name + "' is longer than the max allowed length 249"
	case !topicChars.MatchString(name):
		return "Topic name is invalid: '" + name + "' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
	}
	return ""
}

// createTopicsError refuses a CreateTopics request that is too large as a whole; "" if it is not.
func (c *Cluster) createTopicsError(req *kmsg.CreateTopicsRequest) string {
	partitions := 0
	for i := range req.Topics {
		rt := &req.Topics[i]
		switch {
		case len(rt.ReplicaAssignment) > 0:
			partitions += len(rt.ReplicaAssignment)
		case rt.NumPartitions == -1:
			partitions += c.cfg.defaultNumParts
		case rt.NumPartitions > 0:
			partitions += int(rt.NumPartitions)
		}
	}
	return batchError(partitions, len(req.Topics))
}

// batchError is KRaft's refusal of a metadata operation on too many partitions and topics; "" if it fits.
func batchError(partitions, topics int) string {
	switch {
	case partitions > maxBatchOperation:
		return "Excessively large number of partitions per request."
	case partitions+topics > maxBatchOperation:
		return "Unable to perform excessively large batch operation."
	}
	return ""
}

// createTopicError makes the checks of KRaft's ReplicationControlManager that kfake lacks, or answers
// without a message. It returns nil if the topic may be created.
func (c *Cluster) createTopicError(rt *kmsg.CreateTopicsRequestTopic) (*kerr.Error, string) {
	if why := topicNameError(rt.Topic); why != "" {
		return kerr.InvalidTopicException, why
	}
	if _, exists := c.data.tps.gett(rt.Topic); exists {
		return kerr.TopicAlreadyExists, "Topic '" + rt.Topic + "' already exists."
	}
	if other, ok := c.data.tnorms[normalizeTopicName(rt.Topic)]; ok {
		return kerr.InvalidTopicException, "Topic '" + rt.Topic + "' collides with existing topic: " + other
	}
	if len(rt.ReplicaAssignment) == 0 {
		rf := int(rt.ReplicationFactor)
		switch {
		case rt.NumPartitions == 0 || rt.NumPartitions < -1:
			return kerr.InvalidPartitions, "Number of partitions was set to an invalid non-positive value."
		case rf == 0 || rf < -1:
			return kerr.InvalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value."
		case rf > len(c.bs):
			return kerr.InvalidReplicationFactor, fmt.Sprintf("Unable to replicate the partition %d time(s): The target replication factor of %d cannot be reached because only %d broker(s) are registered.", rf, rf, len(c.bs))
		}
	} else if why := c.assignmentError(rt.ReplicaAssignment); why != "" {
		return kerr.InvalidReplicaAssignment, why
	}
	configs := make(map[string]*string, len(rt.Configs))
	for i := range rt.Configs {
		configs[rt.Configs[i].Name] = rt.Configs[i].Value
	}
	if why := topicConfigError(configs); why != "" {
		return kerr.InvalidConfig, why
	}
	return nil, ""
}

// assignmentError refuses replicas on brokers that do not exist, which kfake would take.
func (c *Cluster) assignmentError(assignment []kmsg.CreateTopicsRequestTopicReplicaAssignment) string {
	for _, partition := range assignment {
		for _, id := range partition.Replicas {
			if c.findBroker(id) == nil {
				return fmt.Sprintf("The manual partition assignment includes broker %d, but no such broker is registered.", id)
			}
		}
	}
	return ""
}

func (c *Cluster) findBroker(id int32) *broker {
	for _, b := range c.bs {
		if b.node == id {
			return b
		}
	}
	return nil
}

// createPartitionsError refuses a new partition count as KRaft does; nil if it is fine.
func createPartitionsError(rt *kmsg.CreatePartitionsRequestTopic, existing int) (*kerr.Error, string) {
	added := int(rt.Count) - existing
	switch {
	case added < 0:
		return kerr.InvalidPartitions, fmt.Sprintf("The topic %s currently has %d partition(s); %d would not be an increase.", rt.Topic, existing, rt.Count)
	case added == 0:
		return kerr.InvalidPartitions, fmt.Sprintf("Topic already has %d partition(s).", existing)
	}
	if why := batchError(added, 0); why != "" {
		return kerr.PolicyViolation, why
	}
	return nil, ""
}

// unknownTopic is the error for a topic that is not there: Kafka tells an impossible name apart.
func unknownTopic(name string) *kerr.Error {
	if topicNameError(name) != "" {
		return kerr.InvalidTopicException
	}
	return kerr.UnknownTopicOrPartition
}
