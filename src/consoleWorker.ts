/*
 * Entry of dist/consoleWorker.js: the worker thread of one console, with connections to Kafka of its own. All it is told
 * comes by messages of the thread that started it.
 */
import { parentPort } from 'node:worker_threads';
import { createLogger } from './base/logger';
import { ConsoleServer } from './core/console/consoleServer';
import { KafkaConnector } from './kafka/kafkaConnector';

if (!parentPort) throw new Error('consoleWorker runs in a worker thread only');
const port = parentPort;
const logger = createLogger((_, line) => process.stderr.write(`${line}\n`), 'warn');
const server = new ConsoleServer(
  { post: (event, transfer = []) => port.postMessage(event, [...transfer]) },
  new KafkaConnector(logger),
);
port.on('message', (message: unknown) => void server.handle(message));
