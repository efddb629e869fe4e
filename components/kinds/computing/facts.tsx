import type { ComparedFact } from '#components/kinds/kind.ts';
import { countOf } from '#components/ui/count.ts';
import type { Fact, WordFact } from '#components/ui/facts.tsx';
import { exactSeconds, formatCount } from '#components/ui/format.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import { degreesInWords, placeOf } from '#components/kinds/shared/place.ts';
import { readComputer, type Computer } from '#ledger/contracts/kinds/computing.ts';
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

/** `47.6° north, 122.3° west`. */
function placeInWords(attributes: readonly TermDto[]): string {
  return degreesInWords(placeOf(attributes) ?? { latitude: 0, longitude: 0 });
}

export function computerCompared(attributes: readonly TermDto[]): ComparedFact[] {
  const computer = readComputer(attributes);
  if (computer === undefined) return [];
  const { architecture, cores, isolation, roundTripMs, score } = computer;
  return [
    { name: 'Score', value: formatCount(score.toString()), isMeasured: true },
    { name: 'Round trip to the portal', value: `${formatCount(roundTripMs.toString())} ms`, isMeasured: true },
    { name: 'Processor', value: `${countOf(cores, 'core')}, ${architecture}`, isMeasured: false },
    { name: 'Programs kept apart by', value: isolation, isMeasured: false },
  ];
}

export function computingFacts(attributes: readonly TermDto[]): Fact[] {
  const { architecture, cores, isolation, memoryMiB, region, roundTripMs, score, slots, zone } = computerOf(attributes);
  return [
    { name: 'Slots', value: `${countOf(slots, 'run')} at the same time, of all customers together` },
    { name: 'Memory of all slots', value: `${formatCount(memoryMiB.toString())} MiB` },
    { name: 'Processor', value: `${countOf(cores, 'core')}, ${architecture}` },
    { name: 'Place', value: `region ${region}, zone ${zone}` },
    {
      name: 'On the map',
      value: `${placeInWords(attributes)}: a cell of a tenth of a degree, as its provider states it`,
    },
    { name: 'Kept apart by', value: KEPT_APART[isolation] },
    {
      name: 'Measured score',
      value: `${formatCount(score.toString())}: so often one processor ran the standard program in a second, in the sandbox, when the agent tested it`,
    },
    {
      name: 'Round trip to the portal',
      value: `${formatCount(roundTripMs.toString())} ms, measured by its agent when it was tested: the median of five small requests over a connection that stood`,
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
