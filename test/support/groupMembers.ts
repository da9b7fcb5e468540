import type { ChildProcess } from 'node:child_process';
import { spawnTracked } from './real/children';
import { javaCommand } from './real/javaPrograms';
import { toolClass } from './real/javaTools';
import { realKafka } from './real/kafkaDist';
import { realPart } from './real/realPart';

/** A consumer that stays in its group until it is ended. */
export interface GroupMemberProcess {
  end(): void;
}

/** kcat as a member of a classic group; its client id may hold any characters. */
export async function classicMember(
  bootstrap: string,
  group: string,
  topic: string,
  clientId: string,
): Promise<GroupMemberProcess> {
  const properties = [`client.id=${clientId}`, 'auto.offset.reset=earliest', 'auto.commit.interval.ms=200'];
  const args = properties.flatMap((property) => ['-X', property]);
  return handle(
    spawnTracked(await realPart('kcat.sh'), ['-b', bootstrap, ...args, '-q', '-G', group, topic]),
  );
}

/** Kafka's console consumer as a member of a KIP-848 group. */
export async function consumerMember(
  bootstrap: string,
  group: string,
  topic: string,
): Promise<GroupMemberProcess> {
  const dist = await realKafka('4');
  const properties = ['group.protocol=consumer', 'group.instance.id=static-1', 'auto.commit.interval.ms=200'];
  const flags = properties.flatMap((property) => ['--command-property', property]);
  const args = ['--bootstrap-server', bootstrap, '--topic', topic, '--group', group, '--from-beginning'];
  return handle(
    spawnTracked(...javaCommand(dist, toolClass('kafka-console-consumer', '4'), [...args, ...flags])),
  );
}

/** Kafka's console consumer as a member of a share group. */
export async function shareMember(
  bootstrap: string,
  group: string,
  topic: string,
): Promise<GroupMemberProcess> {
  const dist = await realKafka('4');
  const args = ['--bootstrap-server', bootstrap, '--topic', topic, '--group', group];
  return handle(spawnTracked(...javaCommand(dist, toolClass('kafka-console-share-consumer', '4'), args)));
}

function handle(child: ChildProcess): GroupMemberProcess {
  child.stdout?.resume();
  child.stderr?.resume();
  return { end: () => void child.kill('SIGKILL') };
}
