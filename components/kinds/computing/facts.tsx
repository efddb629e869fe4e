import { countOf } from '#components/ui/count.ts';
import type { Fact, WordFact } from '#components/ui/facts.tsx';
import { exactSeconds, formatCount } from '#components/ui/format.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import type { Computer } from '#ledger/contracts/kinds/computing.ts';
import { computerOf, runMsOf } from './terms.ts';

/** How programs are kept apart, in one sentence on what it means. */
const KEPT_APART: Readonly<Record<Computer['isolation'], string>> = {
  bubblewrap:
    'Bubblewrap: each program runs in namespaces of its own, with no network, no files of the machine and no other process in sight.',
  namespaces:
    'Namespaces of the kernel alone: a program has no network and sees no other process; the machine’s files are behind the permissions of Node.',
};

export function computingSize(attributes: readonly TermDto[]): { figure: string; beneath: string } {
  const { slots, memoryMiB } = computerOf(attributes);
  return { figure: countOf(slots, 'slot'), beneath: `${formatCount(memoryMiB.toString())} MiB` };
}

export function computingFacts(attributes: readonly TermDto[]): Fact[] {
  const { architecture, cores, isolation, memoryMiB, region, score, slots, zone } = computerOf(attributes);
  return [
    { name: 'Slots', value: `${countOf(slots, 'run')} at the same time, of all customers together` },
    { name: 'Memory of all slots', value: `${formatCount(memoryMiB.toString())} MiB` },
    { name: 'Processor', value: `${countOf(cores, 'core')}, ${architecture}` },
    { name: 'Place', value: `region ${region}, zone ${zone}` },
    { name: 'Kept apart by', value: KEPT_APART[isolation] },
    {
      name: 'Measured score',
      value: `${formatCount(score.toString())}: so often one processor ran the standard program in a second, in the sandbox, when the agent tested it`,
    },
    {
      name: 'Used by',
      value: 'programs for WASI preview 1 (WebAssembly): single runs over HTTP, and tasks by GA4GH TES 1.1',
    },
  ];
}

export function computingWayFacts(ways: readonly TermDto[]): WordFact[] {
  return [{ name: 'Longest run', value: `${exactSeconds(runMsOf(ways))} of processor time; a longer one is ended` }];
}
