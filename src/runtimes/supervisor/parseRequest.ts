import { supervisorErrorCodes } from '../../contract/supervisorProtocol';
import type { BrokerLaunchPlan, SupervisorRequest } from '../../contract/supervisor';

/**
 * A client's message as a request; undefined where it is none. Checked by hand: loading zod would cost the supervisor
 * more than all the rest of its start. A test holds this against the schema in contract/supervisor.ts.
 */
export function parseRequest(value: unknown): SupervisorRequest | undefined {
  if (!isObject(value) || !Number.isSafeInteger(value['id'])) return undefined;
  switch (value['type']) {
    case 'start':
      return isPlan(value['plan']) ? (value as unknown as SupervisorRequest) : undefined;
    case 'logs':
      return typeof value['follow'] === 'boolean' ? (value as unknown as SupervisorRequest) : undefined;
    case 'release':
      return isOptional(value['keepRunning'], isBoolean)
        ? (value as unknown as SupervisorRequest)
        : undefined;
    case 'status':
    case 'usage':
    case 'stop':
      return value as unknown as SupervisorRequest;
    default:
      return undefined;
  }
}

type Check = (value: unknown) => boolean;

const isString: Check = (value) => typeof value === 'string';
const isText: Check = (value) => typeof value === 'string' && value !== '';
const isBoolean: Check = (value) => typeof value === 'boolean';
const isMs: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isStrings: Check = (value) => Array.isArray(value) && value.every(isString);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptional(value: unknown, check: Check): boolean {
  return value === undefined || check(value);
}

const isStringMap: Check = (value) => isObject(value) && Object.values(value).every(isString);

const isErrorCode: Check = (value) => supervisorErrorCodes.some((code) => code === value);

const isKnownError: Check = (value) =>
  isObject(value) && isText(value['contains']) && isErrorCode(value['code']);

const isPort: Check = (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535;

function isPlan(value: unknown): value is BrokerLaunchPlan {
  return (
    isObject(value) &&
    isText(value['file']) &&
    isStrings(value['args']) &&
    isStringMap(value['env']) &&
    isText(value['cwd']) &&
    isText(value['host']) &&
    isPort(value['port']) &&
    isString(value['version']) &&
    isText(value['readyLine']) &&
    isOptional(value['startTimeoutMs'], isMs) &&
    value['stopSignal'] === 'SIGTERM' &&
    isMs(value['stopTimeoutMs']) &&
    isOptional(value['graceMs'], isMs) &&
    isOptional(value['keepRunning'], isBoolean) &&
    isOptional(value['stdin'], (stdin) => stdin === 'lease') &&
    isOptional(value['commandLineMarker'], isString) &&
    isOptional(value['exitCodes'], (map) => isObject(map) && Object.values(map).every(isErrorCode)) &&
    isOptional(value['logErrors'], (list) => Array.isArray(list) && list.every(isKnownError)) &&
    isOptional(
      value['fallback'],
      (fallback) => isObject(fallback) && isStrings(fallback['args']) && isStrings(fallback['deleteFiles']),
    )
  );
}
