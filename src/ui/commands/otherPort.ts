import type { ClusterStatus } from '../../core/clusterStatus';
import type { ClusterProfile } from '../../core/profile';

/** The wanted and the actual port of a running broker of ours, where they differ. */
export function otherPort(
  profile: ClusterProfile,
  { bootstrap }: Pick<ClusterStatus, 'bootstrap'>,
): { readonly wanted: number; readonly actual: number } | undefined {
  if (profile.runtime === 'external' || profile.port === 0) return undefined;
  const actual = Number(bootstrap?.[0]?.split(':').at(-1));
  return Number.isInteger(actual) && actual !== profile.port ? { wanted: profile.port, actual } : undefined;
}
