import { countOf } from '#components/ui/count.ts';
import { formatCount, formatDuration, microInWords, sentenceCase } from '#components/ui/format.ts';
import { UNREWARDED, type RewardFacts, type RewardRates } from '#ledger/contracts/incentive/definition.ts';
import { whatIf, type RewardPoints } from '#ledger/contracts/incentive/reward.ts';

/** Rules of rewards in words, with the figures that are in force; each formula is that of reward.ts. */

export interface RuleInWords {
  readonly rule: keyof RewardPoints;
  readonly title: string;
  /** Whom it rewards, and by which facts. */
  readonly words: string;
  readonly formula: string;
}

export function rulesInWords(rates: RewardRates): RuleInWords[] {
  return [
    {
      rule: 'online',
      title: 'Being there',
      words:
        'A provider that an operator identified, for its admitted node that was online longest, as maintainers measured it.',
      formula: `time online in ‰ × ${microInWords(rates.onlineMicro)} ÷ 1,000`,
    },
    {
      rule: 'served',
      title: 'Serving',
      words:
        'A provider that an operator identified, for the time of its settled orders with quality kept, up to a part of the fees that they brought the treasury.',
      formula: `hours kept × ${microInWords(rates.servedMicro)}, at most fees × ${formatCount(rates.feePerMille.toString())} ÷ 1,000`,
    },
    {
      rule: 'votes',
      title: 'Voting',
      words: `A node provider, for its votes on proposals of others that were passed or rejected, ${countOf(rates.votesMax, 'vote')} an epoch at most.`,
      formula: `votes × ${microInWords(rates.voteMicro)}`,
    },
    {
      rule: 'consensus',
      title: 'Validating',
      words:
        'Who answers for validators, for the time that each of them was online in the set, as maintainers measured it. Who signed which block is not counted.',
      formula: `time online in ‰ × ${microInWords(rates.validatorMicro)} ÷ 1,000, for each validator`,
    },
  ];
}

/** What is recorded of one rule, as the beginning of its sum. */
export function factsInWords(rule: RuleInWords['rule'], facts: RewardFacts): string {
  switch (rule) {
    case 'online':
      return `${formatCount(facts.online.toString())} ‰ online`;
    case 'served':
      return `${formatDuration(Number(facts.servedMs))} kept, ${microInWords(facts.feesMicro)} of fees`;
    case 'votes':
      return countOf(facts.votes, 'vote');
    case 'consensus':
      return `${formatCount(facts.consensus.toString())} ‰ of validators`;
  }
}

/** Why an order earned nothing, as a whole sentence. */
export function reasonInWords(reason: keyof typeof UNREWARDED): string {
  return `${sentenceCase(UNREWARDED[reason])}.`;
}

export interface Advice {
  readonly what: string;
  /** By how much the reward of this epoch would grow. */
  readonly moreMicro: bigint;
}

interface Standing {
  readonly facts: RewardFacts;
  readonly rates: RewardRates;
  readonly pointsOfOthers: bigint;
  readonly treasuryMicro: bigint;
}

/** What is recorded of the account in the epoch that runs, and what it would bring if nothing more came. */
export function standingInWords({ facts, rates, ...of }: Standing): string {
  const { points, amountMicro } = whatIf(facts, rates, of);
  const counted = rulesInWords(rates).filter(({ rule }) => points[rule] > 0n);
  if (counted.length === 0) return 'Nothing of yours is recorded in it yet.';
  const recorded = counted.map(({ rule }) => `${factsInWords(rule, facts)} (${countOf(points[rule], 'point')})`);
  return `Recorded so far: ${recorded.join('; ')}. It would bring ${microInWords(amountMicro)}.`;
}

const HOUR_MS = 3_600_000n;

/** What would earn an account more in the epoch that runs, by the ledger's own rules: only what would. */
export function adviceFor(
  { facts, rates, ...of }: Standing,
  roles: { readonly isProvider: boolean; readonly isNodeProvider: boolean },
): Advice[] {
  const now = whatIf(facts, rates, of).amountMicro;
  const withFacts = (more: Partial<RewardFacts>): bigint => whatIf({ ...facts, ...more }, rates, of).amountMicro - now;
  const isByFees = facts.feesMicro * rates.feePerMille * HOUR_MS < facts.servedMs * rates.servedMicro * 1_000n;
  const feeOfHour = rates.feePerMille === 0n ? 0n : (rates.servedMicro * 1_000n) / rates.feePerMille;
  const hour = { servedMs: facts.servedMs + HOUR_MS, feesMicro: facts.feesMicro + feeOfHour };
  const all: Advice[] = [
    ...(roles.isProvider
      ? [
          { what: 'A node of yours that is online all the time', moreMicro: withFacts({ online: 1_000n }) },
          {
            what: isByFees
              ? `Orders that bring the treasury ${microInWords(feeOfHour)} more in fees: your fees bound what your time earns`
              : `One more hour served with quality kept, for which ${microInWords(feeOfHour)} of fees are paid`,
            moreMicro: withFacts(isByFees ? { feesMicro: hour.feesMicro } : hour),
          },
        ]
      : []),
    ...(roles.isNodeProvider
      ? [
          {
            what: 'One more vote on a proposal of somebody else, once it is decided',
            moreMicro: withFacts({ votes: facts.votes + 1n }),
          },
        ]
      : []),
  ];
  return all.filter(({ moreMicro }) => moreMicro > 0n);
}
