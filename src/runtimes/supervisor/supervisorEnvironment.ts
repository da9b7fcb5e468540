/** Variables that a supervisor and its broker need to run at all. Everything else, tokens among it, stays behind. */
const passedOn = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'],
  ...['TEMP', 'TMP', 'SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE'],
  ...['APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE'],
]);

/**
 * Environment of a supervisor, made from that of the process that spawns it.
 * @param inElectron whether `process.execPath` is Electron, which has to be told to be Node
 */
export function supervisorEnvironment(
  environment: NodeJS.ProcessEnv,
  inElectron: boolean,
): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && passedOn.has(name.toUpperCase())) own[name] = value;
  }
  if (inElectron) own['ELECTRON_RUN_AS_NODE'] = '1';
  return own;
}
