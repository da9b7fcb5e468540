import type { ClusterState } from '../../core/clusterStatus';

/** Commands that the actions can offer. */
export const actionIds = [
  'localKafka.start',
  'localKafka.stop',
  'localKafka.restart',
  'localKafka.connect',
  'localKafka.disconnect',
  'localKafka.switchCluster',
  'localKafka.addCluster',
  'localKafka.editCluster',
  'localKafka.createTopic',
  'localKafka.produceMessage',
  'localKafka.showLatestMessages',
  'localKafka.copyConnectionString',
  'localKafka.openApiDocs',
  'localKafka.showBrokerLog',
  'localKafka.showLog',
  'localKafka.openWalkthrough',
] as const;

export type ActionId = (typeof actionIds)[number];

const ofCluster: ReadonlySet<ActionId> = new Set<ActionId>([
  'localKafka.start',
  'localKafka.stop',
  'localKafka.restart',
  'localKafka.connect',
  'localKafka.disconnect',
  'localKafka.editCluster',
  'localKafka.copyConnectionString',
  'localKafka.showBrokerLog',
]);

/** Whether the command is given the cluster that the actions are of, which may not be the active one any more. */
export function takesCluster(action: ActionId): boolean {
  return ofCluster.has(action);
}

/** What decides which actions are possible now. */
export interface ActionFacts {
  /** State of the active cluster; left out where there is none. */
  readonly state?: ClusterState;
  readonly isExternal?: boolean;
  /** How many clusters there are. */
  readonly clusters: number;
  readonly isTrusted: boolean;
  readonly isApiServed: boolean;
}

/** The commands that make sense now, the likeliest first. */
export function actionsFor(facts: ActionFacts): readonly ActionId[] {
  const { state, isExternal = false, clusters, isTrusted, isApiServed } = facts;
  const actions: ActionId[] = [];
  const isUp = state === 'running' || state === 'degraded';
  if (isUp) {
    actions.push('localKafka.showLatestMessages', 'localKafka.produceMessage', 'localKafka.createTopic');
  } else if (isTrusted && (state === undefined || state === 'stopped' || state === 'failed')) {
    actions.push(isExternal ? 'localKafka.connect' : 'localKafka.start');
  }
  if (isUp && !isExternal) actions.push('localKafka.restart');
  if (isUp || state === 'starting') actions.push(isExternal ? 'localKafka.disconnect' : 'localKafka.stop');
  if (isUp) actions.push('localKafka.copyConnectionString');
  if (isApiServed) actions.push('localKafka.openApiDocs');
  if (clusters > 1) actions.push('localKafka.switchCluster');
  if (state === 'failed' && isExternal) actions.push('localKafka.editCluster');
  if (isTrusted) actions.push('localKafka.addCluster');
  if (state !== undefined && !isExternal) actions.push('localKafka.showBrokerLog');
  actions.push('localKafka.showLog', 'localKafka.openWalkthrough');
  return actions;
}
