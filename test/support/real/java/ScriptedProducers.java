import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Usage: ScriptedProducers BOOTSTRAP. Carries out the steps on standard input, one JSON object per line, with as many of
 * Kafka's own producers as they name: open (with producer properties), send, flush, begin, commit, abort. Prints where
 * each record went. Producers are not closed, so a transaction that no step ended stays open; their threads keep no JVM
 * from its end.
 */
public final class ScriptedProducers {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    Map<String, KafkaProducer<byte[], byte[]>> producers = new HashMap<>();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    var out = new PrintStream(System.out, false, "UTF-8");
    try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode step = JSON.readTree(line);
        String name = step.get("producer").asText();
        switch (step.get("do").asText()) {
          case "open" -> producers.put(name, open(args[0], step.get("properties")));
          case "send" -> sent.add(producers.get(name).send(toRecord(step)));
          case "flush" -> producers.get(name).flush();
          case "begin" -> producers.get(name).beginTransaction();
          case "commit" -> producers.get(name).commitTransaction();
          case "abort" -> {
            // Records that still wait would be dropped instead of becoming records of an aborted transaction.
            producers.get(name).flush();
            producers.get(name).abortTransaction();
          }
          default -> throw new IllegalArgumentException(line);
        }
      }
    }
    for (var producer : producers.values()) producer.flush();
    for (Future<RecordMetadata> future : sent) {
      RecordMetadata at = future.get();
      var node = JSON.createObjectNode().put("partition", at.partition()).put("offset", at.offset());
      out.println(JSON.writeValueAsString(node.put("timestamp", at.timestamp())));
    }
    out.flush();
  }

  private static KafkaProducer<byte[], byte[]> open(String bootstrap, JsonNode settings) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap);
    for (Map.Entry<String, JsonNode> one : settings.properties()) properties.put(one.getKey(), one.getValue().asText());
    var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    if (properties.containsKey("transactional.id")) producer.initTransactions();
    return producer;
  }

  private static ProducerRecord<byte[], byte[]> toRecord(JsonNode step) {
    Integer partition = step.hasNonNull("partition") ? step.get("partition").asInt() : null;
    Long timestamp = step.hasNonNull("timestamp") ? step.get("timestamp").asLong() : null;
    var topic = step.get("topic").asText();
    var record = new ProducerRecord<>(topic, partition, timestamp, bytes(step.get("key")), bytes(step.get("value")));
    if (step.has("headers")) {
      for (JsonNode header : step.get("headers")) {
        record.headers().add(header.get("key").asText(), bytes(header.get("value")));
      }
    }
    return record;
  }

  private static byte[] bytes(JsonNode node) {
    return node == null || node.isNull() ? null : Base64.getDecoder().decode(node.asText());
  }
}
