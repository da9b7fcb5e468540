/** Oldest Java that runs Kafka 4's broker (KIP-1013); 3.9 would do with less, but one rule is easier to tell. */
export const minimumJava = 17;

/** What `java -version` says about a JVM. */
export interface JavaVersion {
  /** 8, 17, 25. */
  readonly major: number;
  /** As it calls itself: "17.0.15", "1.8.0_392". */
  readonly version: string;
  /** The runtime's own name: "Temurin-25.0.3+9", "OpenJDK Runtime Environment (build …)". */
  readonly vendor: string;
}

/** Reads the output of `java -version`; undefined where it isn't one (no Java behind macOS' stub, a foreign program). */
export function parseJavaVersion(output: string): JavaVersion | undefined {
  const lines = output.split(/\r?\n/);
  // JAVA_TOOL_OPTIONS puts a line of its own in front.
  const at = lines.findIndex((line) => / version "[^"]+"/.test(line));
  const version = / version "([^"]+)"/.exec(lines[at] ?? '')?.[1];
  // Up to Java 8 the major is the second number (JEP 223).
  const major = /^(?:1\.)?(\d+)/.exec(version ?? '')?.[1];
  if (version === undefined || major === undefined) return undefined;
  const runtime = lines[at + 1] ?? '';
  const vendor = /Environment (\w+-\S+)/.exec(runtime)?.[1] ?? runtime.trim();
  return { major: Number(major), version, vendor: vendor === '' ? 'unknown vendor' : vendor };
}
