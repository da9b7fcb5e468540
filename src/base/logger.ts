export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One child per component. Never pass keys, values, passwords or query strings to it (SECURITY S13). */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  /** The error's stack and causes are written, to the log only. */
  error(message: string, error?: unknown): void;
  /** A logger whose lines carry `component`. */
  child(component: string): Logger;
}

/** A finished line of the log, on its way to a file, an output channel or a ring buffer. */
export type LogSink = (level: LogLevel, line: string) => void;

const order: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Control characters of a hostile name can't forge a log line or drive a terminal: they are written as \xNN. */
export function escapeControl(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (c) =>
    c.charCodeAt(0) < 256
      ? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`
      : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The error with all its causes, outermost first, on one line. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  for (let e: unknown = error; e !== undefined && e !== null && parts.length < 8;) {
    if (!(e instanceof Error)) {
      parts.push(typeof e === 'string' ? e : JSON.stringify(e));
      break;
    }
    parts.push(`${e.name}: ${e.message}`);
    e = e.cause;
  }
  return parts.join(' <- ');
}

/** A logger that writes lines at or above `level` to `sink`. */
export function createLogger(sink: LogSink, level: LogLevel = 'info', component = ''): Logger {
  const write = (at: LogLevel, message: string): void => {
    if (order[at] < order[level]) return;
    sink(at, escapeControl(component ? `[${component}] ${message}` : message));
  };
  return {
    debug: (message) => write('debug', message),
    info: (message) => write('info', message),
    warn: (message) => write('warn', message),
    error: (message, error) =>
      write('error', error === undefined ? message : `${message}: ${describeError(error)}`),
    child: (name) => createLogger(sink, level, component ? `${component}.${name}` : name),
  };
}
