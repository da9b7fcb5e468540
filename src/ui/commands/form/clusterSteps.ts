import type { ClusterDraft } from './clusterDraft';
import { brokerSteps } from './brokerSteps';
import { connectionSteps } from './connectionSteps';
import type { FormContext } from './formContext';
import { kindStep } from './kindStep';
import { saslSteps } from './saslSteps';
import type { Step } from './steps';
import { tlsSteps } from './tlsSteps';

/** All boxes of Add and Edit Cluster but the last one, which saves. */
export function clusterSteps(context: FormContext): readonly Step<ClusterDraft>[] {
  return [
    ...(context.earlier ? [] : [kindStep(context)]),
    ...connectionSteps(context),
    ...brokerSteps(context),
    ...tlsSteps(context),
    ...saslSteps(context),
  ];
}
