/** What the table says about one error code. */
export interface ErrorEntry {
  /** HTTP status of the REST API. */
  readonly status: number;
  /** Coarse class, the `type` field of a failure envelope. */
  readonly type: string;
  /** What happened, where the thrower has nothing more exact to say. */
  readonly sentence: string;
  /** What the user can do next. */
  readonly remedy: string;
}

const entry = (status: number, type: string, sentence: string, remedy: string): ErrorEntry => ({
  status,
  type,
  sentence,
  remedy,
});

/** The one vocabulary of errors: REST, tree, palette, console and terminal all speak it (DESIGN §6). */
export const errorTable = {
  KAFKA_CONNECTION_ERROR: entry(
    503,
    'connection_error',
    'Kafka could not be reached.',
    'Check that the broker is running and that the bootstrap address is right.',
  ),
  KAFKA_AUTHENTICATION_ERROR: entry(
    503,
    'authentication_error',
    'The broker refused the credentials.',
    'Check the SASL mechanism, the user name and the password or token.',
  ),
  KAFKA_TLS_ERROR: entry(
    503,
    'connection_error',
    'No TLS connection to the broker could be made.',
    'Check whether this listener speaks TLS, and which CA and client certificate it wants.',
  ),
  KAFKA_AUTHORIZATION_FAILED: entry(
    403,
    'authorization_error',
    'The broker does not allow this to the connected user.',
    'Ask for the ACL that is missing, or connect as another user.',
  ),
  TOPIC_NOT_FOUND: entry(404, 'not_found', 'There is no such topic.', 'List the topics, or create it first.'),
  GROUP_NOT_FOUND: entry(
    404,
    'not_found',
    'There is no such consumer group.',
    'List the groups: an empty one is forgotten some time after its last commit.',
  ),
  PARTITION_NOT_FOUND: entry(
    404,
    'not_found',
    'The topic has no such partition.',
    'Partitions count from 0; look at the topic for how many it has.',
  ),
  TOPIC_ALREADY_EXISTS: entry(
    409,
    'conflict',
    'A topic with this name exists already.',
    'Choose another name, or delete that topic first.',
  ),
  TOPIC_NAME_COLLISION: entry(
    409,
    'conflict',
    'The name collides with that of another topic.',
    'Kafka writes . and _ alike in metric names: choose a name that differs in more than those.',
  ),
  INVALID_TOPIC_NAME: entry(
    422,
    'validation_error',
    'This is no valid topic name.',
    'Use 1 to 249 of the characters A-Z a-z 0-9 . _ and -, but not . or .. alone.',
  ),
  INVALID_PARTITIONS: entry(
    422,
    'validation_error',
    'This number of partitions is not possible.',
    'Use at least 1 and no more than the broker takes in one request (10,000); the count can only grow.',
  ),
  INVALID_REPLICATION_FACTOR: entry(
    422,
    'validation_error',
    'This replication factor is not possible.',
    'It can be at most the number of brokers: 1 on a single broker.',
  ),
  INVALID_CONFIGURATION: entry(
    422,
    'validation_error',
    'A configuration key or value was refused.',
    "See Kafka's documentation of topic configs for the key and its values.",
  ),
  OFFSET_OUT_OF_RANGE: entry(
    422,
    'validation_error',
    'The offset lies outside of the partition.',
    'Look at the beginning and end offsets of the partition.',
  ),
  MESSAGE_TOO_LARGE: entry(
    413,
    'validation_error',
    'The record is larger than the topic takes.',
    "Send less, or raise the topic's max.message.bytes.",
  ),
  INVALID_RECORD: entry(
    422,
    'validation_error',
    'The broker refused the record.',
    'A compacted topic needs a key; a timestamp may be out of the allowed range.',
  ),
  NOT_ENOUGH_REPLICAS: entry(
    503,
    'unavailable',
    'Too few replicas are in sync to accept the record.',
    'Start the missing brokers, or lower min.insync.replicas.',
  ),
  CORRUPT_RECORDS: entry(
    502,
    'kafka_error',
    'Records of a partition could not be decoded.',
    'Read on behind the offset that the message names; the other partitions are not touched by it.',
  ),
  UNSUPPORTED_COMPRESSION: entry(
    501,
    'not_supported',
    'This compression is not available here.',
    'Choose gzip, snappy, lz4 or none; zstd needs Node 22.15 or newer.',
  ),
  PRODUCE_OUTCOME_UNKNOWN: entry(
    503,
    'unavailable',
    'The connection broke before the broker answered: the record may or may not have been written.',
    'Look at the topic before you send it again.',
  ),
  PRODUCER_FENCED: entry(
    409,
    'conflict',
    'Another producer has taken over this transactional id.',
    'Use another transactional id, or end the other producer; the open transaction was aborted.',
  ),
  INVALID_TRANSACTION_STATE: entry(
    409,
    'conflict',
    'This is not possible in the present state of the transaction.',
    'Begin a transaction first; after an error only abort is left.',
  ),
  TRANSACTION_OUTCOME_UNKNOWN: entry(
    503,
    'unavailable',
    'The connection broke before the broker answered: the transaction may or may not have been committed.',
    'Commit again, which changes nothing where it is committed already; or abort, which says whether it was.',
  ),
  FILTER_TOO_SLOW: entry(
    422,
    'validation_error',
    'The filter takes too long for a single record and was ended.',
    'Simplify the regular expression: nested repetitions such as (a+)+ take exponential time.',
  ),
  POLICY_VIOLATION: entry(
    422,
    'validation_error',
    'A policy of the broker refused the request.',
    'The message names the limit.',
  ),
  UNSUPPORTED_BY_BROKER: entry(
    501,
    'not_supported',
    'This broker can not do that.',
    'Use a newer Apache Kafka; the embedded playground broker lacks some features.',
  ),
  KAFKA_ERROR: entry(
    502,
    'kafka_error',
    'The broker answered with an error.',
    "The message carries Kafka's own name for it.",
  ),
  VALIDATION_ERROR: entry(
    422,
    'validation_error',
    'The request is not valid.',
    'The message names the fields; the details of an API answer have all of them.',
  ),
  MALFORMED_REQUEST: entry(
    400,
    'validation_error',
    'The request could not be read.',
    'Send JSON in UTF-8, with a Content-Type of application/json.',
  ),
  CLUSTER_NOT_RUNNING: entry(
    503,
    'unavailable',
    'The cluster is not running.',
    'Start it first, for example by POST /cluster/start.',
  ),
  CLUSTER_NOT_FOUND: entry(
    404,
    'not_found',
    'There is no cluster with this id.',
    'List the cluster profiles, or leave ?cluster= out for the active one.',
  ),
  CLUSTER_START_FAILED: entry(
    503,
    'unavailable',
    'The broker did not start.',
    'The last lines of its log are in the details.',
  ),
  RUNTIME_UNAVAILABLE: entry(
    503,
    'unavailable',
    'This way of running Kafka is not available here.',
    'The message says what is missing.',
  ),
  PORT_IN_USE: entry(
    503,
    'unavailable',
    'The port is taken by another program.',
    'Choose another port, or stop the program that has it.',
  ),
  DATA_DIRECTORY_IN_USE: entry(
    409,
    'conflict',
    'The data directory is used by another broker.',
    'Stop that broker, or choose another data directory.',
  ),
  DATA_DIRECTORY_NOT_WRITABLE: entry(
    503,
    'unavailable',
    'The data directory can not be written.',
    'Check its permissions and the free space of the disk.',
  ),
  DOWNLOAD_FAILED: entry(
    503,
    'unavailable',
    'The download failed.',
    'Check the network and the proxy settings, or name a folder that holds Kafka.',
  ),
  NOT_FOUND: entry(404, 'not_found', 'There is nothing at this path.', 'See /openapi.json for all paths.'),
  SERVICE_UNAVAILABLE: entry(503, 'unavailable', 'The service is not available now.', 'Try again shortly.'),
  TIMEOUT: entry(504, 'timeout', 'No answer came in time.', 'Check the health of the broker and try again.'),
  CANCELLED: entry(499, 'cancelled', 'The operation was cancelled.', 'Start it again if you still want it.'),
  UNAUTHORIZED: entry(
    401,
    'unauthorized',
    'This path needs the API key.',
    'Send it as "Authorization: Bearer …"; curl -K with the printed file does that.',
  ),
  FORBIDDEN: entry(
    403,
    'forbidden',
    'A browser page of another origin must not use this API.',
    'Call it from a terminal or a program of yours.',
  ),
  MISDIRECTED_REQUEST: entry(
    421,
    'forbidden',
    'The Host header is not one of this server.',
    'Use http://127.0.0.1 with the port of the API.',
  ),
  METHOD_NOT_ALLOWED: entry(
    405,
    'method_not_allowed',
    'This path does not take this method.',
    'The Allow header lists the methods.',
  ),
  UNSUPPORTED_MEDIA_TYPE: entry(
    415,
    'unsupported_media_type',
    'The body must be declared as JSON.',
    'Send Content-Type: application/json.',
  ),
  NOT_ACCEPTABLE: entry(
    406,
    'not_acceptable',
    'None of the formats in Accept can be made here.',
    'Ask for application/json.',
  ),
  PAYLOAD_TOO_LARGE: entry(413, 'too_large', 'The body is too large.', 'Send smaller batches.'),
  REQUEST_TIMEOUT: entry(
    408,
    'timeout',
    'The request did not arrive in time.',
    'Send the headers within 5 s and the body within 30 s.',
  ),
  HEADERS_TOO_LARGE: entry(
    431,
    'too_large',
    'The request line and headers are larger than 16 KB.',
    'Send fewer or shorter headers; long texts belong into a body.',
  ),
  RATE_LIMITED: entry(429, 'rate_limited', 'Too many requests.', 'Wait as long as Retry-After says.'),
  INTERNAL_ERROR: entry(
    500,
    'internal_error',
    'Something went wrong inside Local Kafka Manager.',
    'The log has the cause under this request id.',
  ),
} as const satisfies Record<string, ErrorEntry>;

/** A code of the error table. */
export type ErrorCode = keyof typeof errorTable;
