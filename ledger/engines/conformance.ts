import { afterAll, beforeAll, describe } from 'vitest';
import { testChanges } from './conformance/changes.ts';
import { testEvidence } from './conformance/evidence.ts';
import { testJoining } from './conformance/joining.ts';
import { testReaders } from './conformance/readers.ts';
import { testRestart, testStops } from './conformance/stops.ts';
import { createSuite, type EngineUnderTest, type Suite } from './conformance/suite.ts';
import { testTransactions } from './conformance/transactions.ts';

/** What every engine must do, through the port alone; each engine's test file runs it. Needs eight members in the ledger. */
export function engineConformance(name: string, setUp: () => Promise<EngineUnderTest>): void {
  describe(`engine: ${name}`, () => {
    let suite: Suite;
    beforeAll(async () => {
      suite = createSuite(await setUp());
      await suite.engine.start();
    }, 60_000);
    afterAll(async () => {
      await suite.engine.stop();
      await suite.under.close();
    }, 60_000);
    testTransactions(() => suite);
    testReaders(() => suite);
    testStops(() => suite);
    testChanges(() => suite);
    testRestart(() => suite);
    testJoining(() => suite);
    // Last: the validator goes on contradicting itself.
    testEvidence(() => suite);
  });
}
