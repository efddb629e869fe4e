import { formatCount } from '#components/ui/format.ts';
import { numberProblem, readNumber } from '#components/ui/number.ts';
import { PERMISSIONS, PERMISSION_NAMES } from '#ledger/contracts/credit/definition.ts';
import { permissionsOf, type CreditFacts, type CreditThresholds } from '#ledger/contracts/credit/score.ts';

/** What a simulation of a credit asks for, in its order: each with what it is and the most that it can be. */
export const SIMULATED = [
  { name: 'online', title: 'Time online, per mille', max: 1_000n },
  { name: 'probesFailed', title: 'Probes that failed, per mille', max: 1_000n },
  { name: 'activity', title: 'Activity in an epoch', max: 1_000_000n },
  { name: 'completed', title: 'Orders completed', max: 1_000_000n },
  { name: 'broken', title: 'Orders broken', max: 1_000_000n },
  { name: 'qualityMissed', title: 'Orders with missed quality', max: 1_000_000n },
  { name: 'contestsLost', title: 'Contests lost', max: 1_000_000n },
  { name: 'suspensions', title: 'Suspensions', max: 1_000_000n },
  { name: 'equivocations', title: 'Conflicting votes', max: 1_000_000n },
] as const satisfies readonly { name: keyof CreditFacts; title: string; max: bigint }[];

export type SimulatedName = (typeof SIMULATED)[number]['name'];
/** As typed. */
export type SimulationDraft = Readonly<Record<SimulatedName, string>>;

/** What the last evaluation knew of a node, as it is typed; what nobody measured yet begins as that of a perfect node without any order. `full`: activity that counts in full. */
export function simulationOf(facts: CreditFacts | undefined, full: string): SimulationDraft {
  const perfect: Readonly<Partial<Record<SimulatedName, string>>> = { online: '1000', activity: full };
  return Object.fromEntries(
    SIMULATED.map(({ name }) => [name, facts?.[name].toString() ?? perfect[name] ?? '0']),
  ) as SimulationDraft;
}

export type ParsedSimulation =
  | { readonly ok: true; readonly facts: CreditFacts }
  | { readonly ok: false; readonly errors: Readonly<Partial<Record<SimulatedName, string>>> };

/** The facts that are typed, or what is wrong with each field. */
export function parseSimulation(draft: SimulationDraft): ParsedSimulation {
  const errors: Partial<Record<SimulatedName, string>> = {};
  const values: Partial<Record<SimulatedName, bigint>> = {};
  for (const { name, max } of SIMULATED) {
    const reading = readNumber(draft[name], { decimals: 0 });
    if (reading.ok && reading.value <= max) values[name] = reading.value;
    else
      errors[name] =
        numberProblem(draft[name], { decimals: 0 }) ?? `A whole number from 0 to ${formatCount(max.toString())}.`;
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, facts: values as CreditFacts };
}

export interface Eligibility {
  /** What is permitted, as the middle of a sentence. */
  readonly what: string;
  readonly threshold: number;
  readonly isPermitted: boolean;
}

export interface EligibilityAsked {
  readonly thresholds: CreditThresholds;
  /** Others do not take part in consensus. */
  readonly isValidator: boolean;
  /** Its operator's, by which all but consensus is decided; null where nobody's account answers for the node. */
  readonly operatorCredit: bigint | null;
}

/** What a node's credit and its operator's permit, one by one [8.5.1-d]. */
export function eligibilityOf(credit: bigint, asked: EligibilityAsked): Eligibility[] {
  const { thresholds, isValidator, operatorCredit } = asked;
  const permitted = {
    ...permissionsOf(operatorCredit ?? 0n, thresholds),
    consensus: permissionsOf(credit, thresholds).consensus,
  };
  return PERMISSION_NAMES.filter((name) => (name === 'consensus' ? isValidator : operatorCredit !== null)).map(
    (name) => ({
      what: PERMISSIONS[name],
      threshold: Number(thresholds[name]),
      isPermitted: permitted[name],
    }),
  );
}
