import type { ClusterStatus } from '../../../core/clusterStatus';
import type { SavedProfile } from '../../../core/savedProfile';
import type { ConnectionTarget } from './connectionTarget';

/** How to reach a cluster; undefined for a broker of ours that does not run: its port is not known then. */
export function targetOf(
  profile: SavedProfile,
  { bootstrap }: Pick<ClusterStatus, 'bootstrap'>,
): ConnectionTarget | undefined {
  if (profile.runtime === 'external') return profile;
  return bootstrap && { bootstrap: [...bootstrap] };
}
