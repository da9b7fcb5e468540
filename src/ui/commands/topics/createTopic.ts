import * as vscode from 'vscode';
import { toManagerError } from '../../../contract/errors';
import { MAX_PARTITIONS } from '../../../contract/limits';
import { topicNameProblem } from '../../../contract/topicName';
import type { CreateTopicSpec } from '../../../core/kafkaTypes';
import { Cancelled } from '../../cancelled';
import { formatExact } from '../../format';
import type { UiServices } from '../../services';
import { showError } from '../../showError';
import { iconSafe, linkSafe } from '../../text';
import { lateProgress } from '../messages/lateProgress';
import { runningCluster } from '../runningCluster';
import { askText, back, backButton, type TextQuestion } from './askText';
import { askTopicConfigs, NO_CONFIGS } from './askTopicConfigs';
import { TakenNames } from './takenNames';
import { wholeNumber } from './wholeNumber';

/** What has been answered so far. */
interface Draft {
  name: string;
  partitions: string;
  replicationFactor: string;
  configs: ReadonlyMap<string, string>;
}

/** Replicas that are suggested where there are brokers enough. */
const SUGGESTED_REPLICAS = 3;

/** Asks for a new topic step by step, has the broker check it and creates it. @throws Cancelled */
export async function createTopic(services: UiServices): Promise<void> {
  const cluster = await runningCluster(services);
  await ask(services, cluster, {
    name: '',
    partitions: String(services.settings.get('topics.defaultPartitions')),
    replicationFactor: '',
    configs: NO_CONFIGS,
  });
}

/** A step asks for a part of the draft; whether the one before is to be asked again. */
type Step = (at: Pick<TextQuestion, 'title' | 'step' | 'totalSteps' | 'buttons'>) => Promise<boolean>;

async function ask(services: UiServices, cluster: string, draft: Draft): Promise<void> {
  const [topics, { brokers }] = await Promise.all([
    services.topics.list(cluster, { internal: true }),
    services.clusters.describe(cluster),
  ]);
  if (draft.replicationFactor === '') {
    draft.replicationFactor = String(Math.min(SUGGESTED_REPLICAS, brokers.length));
  }
  const taken = new TakenNames(topics.map(({ name }) => name));
  const steps: Step[] = [
    (at) => textStep({ ...at, ...nameQuestion(taken), value: draft.name }, (text) => (draft.name = text)),
    (at) =>
      textStep({ ...at, ...partitionsQuestion(), value: draft.partitions }, (text) => {
        draft.partitions = text;
      }),
    ...(brokers.length > 1
      ? [
          (at: Parameters<Step>[0]) =>
            textStep(
              { ...at, ...replicasQuestion(brokers.length), value: draft.replicationFactor },
              (text) => {
                draft.replicationFactor = text;
              },
            ),
        ]
      : []),
    async (at) => {
      const model = topics.find(({ isInternal }) => !isInternal) ?? topics[0];
      const configs = await askTopicConfigs(services, { ...at, cluster, model: model?.name }, draft.configs);
      if (configs === back) return true;
      draft.configs = configs;
      return false;
    },
  ];
  for (let step = 0; step < steps.length;) {
    const goesBack = await steps[step]!({
      title: vscode.l10n.t('Create Topic'),
      step: step + 1,
      totalSteps: steps.length,
      buttons: step === 0 ? [] : [backButton],
    });
    step += goesBack ? -1 : 1;
  }
  await create(services, cluster, draft);
}

async function textStep(question: TextQuestion, take: (text: string) => void): Promise<boolean> {
  const answer = await askText(question);
  if (typeof answer === 'symbol') return true;
  take(answer);
  return false;
}

function nameQuestion(taken: TakenNames): Pick<TextQuestion, 'prompt' | 'problem'> {
  return {
    prompt: vscode.l10n.t('Name: letters, digits, ".", "_" and "-", up to 249 characters'),
    problem: (name) => {
      const problem = topicNameProblem(name);
      if (problem !== undefined) return vscode.l10n.t(problem);
      if (taken.has(name)) return vscode.l10n.t('There is a topic {0} already.', name);
      const other = taken.collision(name);
      if (other === undefined) return undefined;
      return vscode.l10n.t(
        'It collides with topic {0}: Kafka writes "." and "_" alike in names of metrics.',
        iconSafe(linkSafe(other)),
      );
    },
  };
}

function partitionsQuestion(): Pick<TextQuestion, 'prompt' | 'problem'> {
  return {
    prompt: vscode.l10n.t('Number of partitions'),
    problem: (text) => {
      const number = wholeNumber(text);
      if (number !== undefined && number >= 1 && number <= MAX_PARTITIONS) return undefined;
      return vscode.l10n.t('A whole number from 1 to {0}', formatExact(MAX_PARTITIONS));
    },
  };
}

function replicasQuestion(brokers: number): Pick<TextQuestion, 'prompt' | 'problem'> {
  return {
    prompt: vscode.l10n.t('Replication factor: on how many of the {0} brokers each partition is', brokers),
    problem: (text) => {
      const number = wholeNumber(text);
      if (number !== undefined && number >= 1 && number <= brokers) return undefined;
      return vscode.l10n.t('A whole number from 1 to {0}: there are no more brokers', brokers);
    },
  };
}

/** Creates the topic; where the broker refuses it, the same answers can be corrected. */
async function create(services: UiServices, cluster: string, draft: Draft): Promise<void> {
  const spec: CreateTopicSpec = {
    name: draft.name,
    partitions: wholeNumber(draft.partitions) ?? 1,
    replicationFactor: wholeNumber(draft.replicationFactor) ?? 1,
    configs: Object.fromEntries(draft.configs),
  };
  try {
    await lateProgress(
      vscode.l10n.t('Creating topic {0}', spec.name),
      async () => {
        await services.topics.create(cluster, { ...spec, validateOnly: true });
        await services.topics.create(cluster, spec);
      },
      { cancellable: false },
    );
  } catch (error) {
    showError(toManagerError(error), services, {
      title: vscode.l10n.t('Correct It'),
      run: () => askAgain(services, cluster, draft),
    });
    return;
  }
  void vscode.window.showInformationMessage(vscode.l10n.t('Topic {0} was created.', spec.name));
}

async function askAgain(services: UiServices, cluster: string, draft: Draft): Promise<void> {
  try {
    await ask(services, cluster, draft);
  } catch (error) {
    if (!(error instanceof Cancelled)) showError(error, services);
  }
}
