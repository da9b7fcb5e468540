import type * as vscode from 'vscode';
import { describeError, escapeControl, type Logger } from '../base/logger';

/** A logger that writes to a log channel; which levels are shown is VS Code's own setting of the channel. */
export function channelLogger(channel: vscode.LogOutputChannel, component = ''): Logger {
  const line = (message: string): string =>
    escapeControl(component === '' ? message : `[${component}] ${message}`);
  return {
    debug: (message) => channel.debug(line(message)),
    info: (message) => channel.info(line(message)),
    warn: (message) => channel.warn(line(message)),
    error: (message, error) =>
      channel.error(line(error === undefined ? message : `${message}: ${describeError(error)}`)),
    child: (name) => channelLogger(channel, component === '' ? name : `${component}.${name}`),
  };
}
