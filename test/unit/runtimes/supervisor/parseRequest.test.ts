import assert from 'node:assert/strict';
import { supervisorRequestSchema } from '../../../../src/contract/supervisor';
import type { BrokerLaunchPlan } from '../../../../src/contract/supervisor';
import { parseRequest } from '../../../../src/runtimes/supervisor/parseRequest';

const plan: BrokerLaunchPlan = {
  file: '/usr/bin/java',
  args: ['-Xmx256m', 'kafka.Kafka'],
  env: { A: 'b' },
  cwd: '/tmp',
  host: '127.0.0.1',
  port: 9092,
  version: 'Apache Kafka 4.3.1',
  readyLine: 'ready',
  startTimeoutMs: 1000,
  stopSignal: 'SIGTERM',
  stopTimeoutMs: 1000,
  graceMs: 0,
  keepRunning: true,
  stdin: 'lease',
  commandLineMarker: '/data',
  exitCodes: { 71: 'PORT_IN_USE' },
  logErrors: [{ contains: 'Address in use', code: 'PORT_IN_USE' }],
  fallback: { args: [], deleteFiles: ['/a.jsa'] },
};

const requests: Record<string, unknown>[] = [
  { id: 1, type: 'start', plan },
  { id: 2, type: 'status' },
  { id: 3, type: 'usage' },
  { id: 4, type: 'logs', follow: true },
  { id: 5, type: 'stop' },
  { id: 6, type: 'release' },
  { id: 7, type: 'release', keepRunning: false },
];

/** The value with each of its fields, at any depth, left out or replaced by something else in turn. */
function variants(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
    const withField = (other: unknown): unknown =>
      Array.isArray(value)
        ? value.map((one: unknown, index) => (String(index) === name ? other : one))
        : { ...value, [name]: other };
    const without = Array.isArray(value)
      ? []
      : [Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))];
    const wrong = ['', 'text', -1, 0.5, 1e9, null, true, [], {}, [7], { a: 7 }].map(withField);
    return [...without, ...wrong, ...variants(field).map(withField)];
  });
}

describe('parseRequest', () => {
  it('takes every request that the contract knows', () => {
    for (const request of requests) {
      assert.deepEqual(parseRequest(request), request);
      assert.equal(supervisorRequestSchema.safeParse(request).success, true);
    }
  });

  it('agrees with the schema of the contract about every damaged request', () => {
    let refused = 0;
    for (const damaged of requests.flatMap(variants)) {
      const bySchema = supervisorRequestSchema.safeParse(damaged).success;
      assert.equal(parseRequest(damaged) !== undefined, bySchema, JSON.stringify(damaged));
      if (!bySchema) refused++;
    }
    assert.ok(refused > 200, `only ${refused} were refused`);
  });

  it('refuses what is no object', () => {
    for (const value of [null, undefined, 1, 'stop', [], [requests[1]]])
      assert.equal(parseRequest(value), undefined);
  });
});
