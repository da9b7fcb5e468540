import assert from 'node:assert/strict';
import { until } from '../support/until';
import { startPlayground } from '../support/vscode/playground';
import { inEachTheme } from '../support/vscode/themes';
import { useWorkbench } from '../support/vscode/useWorkbench';

const STEPS = [
  'Start Kafka',
  'Create a topic',
  'Produce a message',
  'Look at messages',
  'Use it from the terminal',
  'Connect to another cluster',
];

describe('Walkthrough', () => {
  const vscode = useWorkbench({ settings: { 'localKafka.kafka.port': 0, 'localKafka.api.port': 0 } });
  const details = () => vscode.workbench.page.locator('.gettingStartedSlideDetails');

  it('opens in the first session of a fresh profile, not the one of VS Code', async () => {
    const { workbench } = vscode;
    await workbench.palette('Kafka: Open Walkthrough');
    await details().getByText('Get Started with Kafka').first().waitFor({ timeout: 20_000 });
    assert.deepEqual(await details().locator('.step-title').allInnerTexts(), STEPS);
  });

  it('shows a picture for each step', async () => {
    const seen = new Set<string>();
    for (const step of STEPS) {
      await details().locator('.step-title', { hasText: step }).click();
      const frame = vscode.workbench.page.locator('.gettingStartedSlideDetails iframe').first();
      await until(
        async () => {
          const inner = frame.contentFrame().frameLocator('iframe').locator('svg').first();
          const picture = await inner.innerHTML({ timeout: 1000 }).catch(() => '');
          if (picture === '' || seen.has(picture)) return false;
          seen.add(picture);
          return true;
        },
        { deadlineMs: 10_000, what: `the picture of ${step}` },
      );
    }
  });

  it('has the lines for the terminal without fences, in four themes', async () => {
    const { workbench } = vscode;
    await details().locator('.step-title', { hasText: 'Use it from the terminal' }).click();
    const text = await details().locator('.getting-started-step.expanded').innerText();
    assert.match(text, /curl -K[^]*kcat -L/);
    assert.doesNotMatch(text, /```/);
    await inEachTheme(workbench, async () => {
      await workbench.screenshot('walkthrough');
    });
  });

  it('ticks the first step while Kafka runs', async () => {
    const { workbench } = vscode;
    await startPlayground(workbench);
    await workbench.palette('Kafka: Open Walkthrough');
    const first = details().locator('.getting-started-step', { hasText: STEPS[0] ?? '' });
    await first.locator('.codicon-getting-started-step-checked').waitFor({ timeout: 10_000 });
  });
});
