import fc from 'fast-check';
import { checkQuery } from '../support/randomScan/checkQuery';
import { describeCase } from '../support/randomScan/describeCase';
import { fillTopics } from '../support/randomScan/fillTopics';
import { queryOf, queryPlan } from '../support/randomScan/queryPlan';
import { dumpTopic, type TopicDump } from '../support/randomScan/topicDump';
import { topicPlans } from '../support/randomScan/topicPlan';
import { scanBrokers, ScanStage } from '../support/scanStage';

/** Set it to the seed that a failure tells, to write the same topics and ask the same queries again. */
const SEED = Number(process.env['RANDOM_SCAN_SEED'] ?? Date.now() % 2 ** 31);
/** Runs so many times the queries of a usual run. */
const FACTOR = Number(process.env['RANDOM_SCAN_FACTOR'] ?? 1);

/** How many topics each broker gets, and how many queries each topic: 560 in all. */
const amounts = [
  { topics: 12, queries: 30 },
  { topics: 5, queries: 20 },
  { topics: 5, queries: 20 },
] as const;

for (const [which, [name, start]] of scanBrokers.entries()) {
  const { topics, queries } = amounts[which]!;

  describe(`random topics and queries on ${name}`, function () {
    this.timeout(180_000);
    const seed = SEED + which;
    const plans = topicPlans(seed, topics);
    const dumps: TopicDump[] = [];
    let stage: ScanStage;

    before(async function () {
      this.timeout(900_000);
      stage = await ScanStage.open(start);
      for (const topic of await fillTopics(stage, plans)) dumps.push(await dumpTopic(stage, topic));
    });

    after(() => stage.dispose());

    for (const [i, plan] of plans.entries()) {
      it(`give what a naive model gives for a full dump by kcat: topic ${i}`, async () => {
        const topic = dumps[i]!;
        await fc.assert(
          fc.asyncProperty(queryPlan, async (asked) => {
            const query = queryOf(asked, topic);
            try {
              await checkQuery(stage.reads, topic, query, asked.pageLimit);
            } catch (cause) {
              const told = `RANDOM_SCAN_SEED=${SEED}, ${name}, topic ${i}\n${describeCase(plan, query)}`;
              throw new Error(`${(cause as Error).message}\n${told}`, { cause });
            }
          }),
          { seed: seed + i, numRuns: queries * FACTOR },
        );
      });
    }
  });
}
