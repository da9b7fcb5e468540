import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Usage: ProduceRecords TOPIC none|commit|abort NAME=VALUE... (producer properties). Sends the records on standard
 * input, one JSON object per line as DumpRecords prints them (partition and timestamp may be missing), with Kafka's
 * own producer, then commits or aborts the transaction where asked. Prints where each record went.
 */
public final class ProduceRecords {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    boolean transactional = !args[1].equals("none");
    Properties properties = new Properties();
    for (int i = 2; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      properties.put(args[i].substring(0, equals), args[i].substring(equals + 1));
    }
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (var out = new PrintStream(System.out, false, "UTF-8");
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      if (transactional) {
        producer.initTransactions();
        producer.beginTransaction();
      }
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        sent.add(producer.send(toRecord(args[0], JSON.readTree(line))));
      }
      producer.flush();
      for (Future<RecordMetadata> future : sent) {
        RecordMetadata at = future.get();
        var node = JSON.createObjectNode().put("partition", at.partition()).put("offset", at.offset());
        out.println(JSON.writeValueAsString(node.put("timestamp", at.timestamp())));
      }
      if (args[1].equals("commit")) {
        producer.commitTransaction();
      } else if (transactional) {
        producer.abortTransaction();
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> toRecord(String topic, JsonNode node) {
    Integer partition = node.hasNonNull("partition") ? node.get("partition").asInt() : null;
    Long timestamp = node.hasNonNull("timestamp") ? node.get("timestamp").asLong() : null;
    var record = new ProducerRecord<>(topic, partition, timestamp, bytes(node.get("key")), bytes(node.get("value")));
    if (node.has("headers")) {
      for (JsonNode header : node.get("headers")) {
        record.headers().add(header.get("key").asText(), bytes(header.get("value")));
      }
    }
    return record;
  }

  private static byte[] bytes(JsonNode node) {
    return node == null || node.isNull() ? null : Base64.getDecoder().decode(node.asText());
  }
}
