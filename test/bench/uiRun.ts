import path from 'node:path';
import type { KafkaGateway } from '../../src/core/ports';
import { until } from '../support/until';
import type { Workbench } from '../support/vscode/workbench';
import type { HostProbe, HostWatch } from './hostProbe';
import { untilPainted } from './paintTimes';
import type { UiFigures } from './uiFigures';

/** Refreshes of each kind in a round. */
const refreshes = 5;

const first = { view: 'Topics', text: 'bench.tree.events-00000' };
const firstFigures = { view: 'Topics', text: 'events-00000empty' };

/** Does with the views of one window what a user does, and takes the times of it. */
export class UiRun {
  readonly #workbench: Workbench;
  readonly #probe: HostProbe;
  readonly #gateway: KafkaGateway;
  readonly #figures: UiFigures;
  readonly #profile: string | undefined;

  constructor(
    workbench: Workbench,
    probe: HostProbe,
    gateway: KafkaGateway,
    figures: UiFigures,
    profile: string | undefined,
  ) {
    this.#workbench = workbench;
    this.#probe = probe;
    this.#gateway = gateway;
    this.#figures = figures;
    this.#profile = profile;
  }

  /** All of it once, in a window whose views were never seen. */
  async round(): Promise<void> {
    const { statusBar, sidebar } = this.#workbench;
    await until(async () => (await statusBar.label('status')).includes('bench is running'), {
      deadlineMs: 30_000,
      what: 'the connection',
    });
    const { asked } = await this.#watched('open-first', () => this.#opened('open-first'));
    const topics = asked.find(({ view, node }) => view === 'localKafka.topics' && node === 'roots');
    if (topics) this.#figures.add('open-first/host', topics.ms);
    await sidebar.hide();
    await this.#watched('open-again', () => this.#opened('open-again'));
    for (const view of ['Topics', 'Groups'] as const) {
      await this.#refresh(`refresh-${view.toLowerCase()}`, `localKafka.refresh${view}`);
    }
    await this.#refreshChanged();
    await this.#expand();
    await this.#filter();
  }

  async #opened(name: string): Promise<void> {
    const { page, sidebar } = this.#workbench;
    const rows = name === 'open-first' ? [first] : [firstFigures];
    const shown = await untilPainted(page, 'mousedown', rows, () => sidebar.open('Kafka'));
    this.#figures.add(`${name}/painted`, shown, '<=500');
    await sidebar.view('Topics').row('bench.tree.events-00000').waitText('empty');
    await sidebar.view('Consumer Groups').row('bench.tree.group-00000').waitText(/lag 0/);
  }

  async #refresh(name: string, command: string): Promise<void> {
    for (let i = 0; i < refreshes; i++) {
      const { wallMs, cpuMs, threadCpuMs } = await this.#probe.run(command);
      this.#figures.add(`${name}/wall`, wallMs);
      this.#figures.add(`${name}/cpu`, cpuMs, '<=200');
      this.#figures.add(`${name}/thread-cpu`, threadCpuMs);
    }
    // Apart from the CPU time, since watching costs some too.
    for (let i = 0; i < refreshes; i++) await this.#watched(name, () => this.#probe.run(command));
  }

  /** A refresh that finds a topic more at the top of the list: all rows are drawn anew. */
  async #refreshChanged(): Promise<void> {
    const name = 'bench.tree.another';
    for (const change of ['create', 'delete'] as const) {
      if (change === 'create') {
        await this.#gateway.createTopic({ name, partitions: 1, replicationFactor: 1 });
      } else await this.#gateway.deleteTopic(name);
      await this.#watched('refresh-changed', async () => {
        const { cpuMs } = await this.#probe.run('localKafka.refreshTopics', 300);
        this.#figures.add('refresh-changed/cpu', cpuMs, '<=200');
      });
    }
  }

  async #expand(): Promise<void> {
    const { page, sidebar } = this.#workbench;
    for (let i = 0; i < refreshes; i++) {
      const row = sidebar.view('Topics').row(`bench.tree.events-0000${i}`);
      const partition = { view: 'Topics', text: 'leader' };
      const { asked } = await this.#watched('expand', async () => {
        const shown = await untilPainted(page, 'mousedown', [partition], () => row.expand());
        this.#figures.add('expand/painted', shown);
      });
      for (const { node, ms } of asked) if (node === 'topic') this.#figures.add('expand/host', ms, '<=50');
      await row.collapse();
    }
  }

  async #filter(): Promise<void> {
    const { page, quickInput } = this.#workbench;
    await this.#workbench.palette('Kafka: Filter Topics…');
    await quickInput.waitFor('Filter Topics');
    // Rows that the view did not show before the key.
    for (const [key, row] of [
      ['7', 'events-00047'],
      ['5', 'events-00475'],
      ['2', 'events-01752'],
    ] as const) {
      await this.#watched('filter', async () => {
        const wanted = { view: 'Topics', text: `${row}empty` };
        const shown = await untilPainted(page, 'keydown', [wanted], () => page.keyboard.press(key));
        this.#figures.add('filter/painted', shown);
      });
    }
    await quickInput.cancel();
    await quickInput.waitClosed();
  }

  async #watched(name: string, work: () => Promise<unknown>): Promise<HostWatch> {
    let taken: HostWatch | undefined;
    const watch = async (): Promise<void> => {
      await this.#probe.begin();
      await work();
      taken = await this.#probe.end();
    };
    if (this.#profile === undefined) await watch();
    else {
      const file = `${name}-${Date.now()}.cpuprofile`;
      await this.#probe.profiled(path.join(this.#profile, file), watch);
    }
    this.#figures.addLoop(name, taken!);
    return taken!;
  }
}
