import { expect, test } from 'vitest';
import { cometbftProgram } from '#ledger/engines/testing/cometbft-network.ts';
import { runCampaign } from '#ledger/engines/testing/faults/campaign.ts';

const cometbft = cometbftProgram();
const reason = cometbft === undefined ? ' (skipped: COMETBFT names no CometBFT program)' : '';

/** What cannot be told apart by what it leaves behind is left to longer runs: npm run faults. */
const STRIKES = [
  'kill-application',
  'kill-again-while-starting',
  'stop',
  'power-cut',
  'empty-application',
  'rejoin',
] as const;

test.skipIf(cometbft === undefined)(
  `whatever is killed, stopped, emptied or joined anew by a snapshot, nothing told is lost or doubled, orders end with the right bill, all nodes hold one history [8.2.1-a] [7.2.2-d] [8.5.1-f]${reason}`,
  { timeout: 480_000 },
  async () => {
    const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000_000);
    const lines = [`seed ${seed}`];
    process.stdout.write(`faults on CometBFT: seed ${seed}\n`);
    const say = (line: string): void => void lines.push(line);
    const verdict = await runCampaign({ cometbft: cometbft!, seed, strikes: STRIKES, say });
    expect({ broken: verdict.broken, lines }).toEqual({ broken: [], lines });
    expect(verdict.ordersSettled).toBeGreaterThan(0);
    expect(verdict.acknowledged).toBeGreaterThan(50);
  },
);
