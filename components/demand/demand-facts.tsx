import { findKind } from '#components/kinds/kinds.ts';
import { amountsInWords } from '#components/ledger/amounts.ts';
import { promiseInWords } from '#components/ledger/strategy-words.ts';
import { sampleOf } from '#components/tasks/samples.ts';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import {
  durationInWords,
  exactSeconds,
  formatBytes,
  formatCount,
  inWords,
  sentenceCase,
} from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Money } from '#components/ui/money.tsx';
import { Time } from '#components/ui/time.tsx';
import type { NeedDto, OpenDemandDto, WorkDto } from '#lib/shared/demand-dto.ts';
import { SPLIT_WORDS, workInWords } from './words.ts';

function needFacts(need: NeedDto, name: string): Fact[] {
  const kind = findKind(need.kind);
  const terms = [...need.terms, ...need.choices].map(({ name: term, value }) => `${inWords(term)} ${value}`);
  const amounts = kind && need.amounts.length > 0 ? [amountsInWords(kind.ledger, need.amounts)] : [];
  const promise = kind ? need.promise.map((quantity) => promiseInWords(quantity, kind.ledger)) : [];
  const all = [...amounts, ...terms, ...promise];
  return [{ name, value: all.length === 0 ? 'any, anywhere' : <Foreign text={all.join('; ')} /> }];
}

function workFacts(work: WorkDto): Fact[] {
  const sample = sampleOf(work.algorithm);
  return [
    {
      name: 'Program',
      value: (
        <>
          {sample === undefined ? null : <span>{`${sample.title} `}</span>}
          <Id id={work.algorithm} what="SHA-256 of the program" />
        </>
      ),
    },
    { name: 'Runs over', value: `${workInWords(work)}, ${SPLIT_WORDS[work.split].title.toLowerCase()}` },
    {
      name: 'One sub-task at most',
      value: `${exactSeconds(work.cpuMs)} of processor time, ${formatCount(work.memoryMiB)} MiB, ${formatBytes(work.inputBytes)} in, ${formatBytes(work.outputBytes)} out`,
    },
    { name: 'Carried, encrypted', value: formatBytes(work.payloadBytes) },
  ];
}

export interface DemandFactsProps {
  demand: OpenDemandDto;
  /** For its customer and brokers. */
  budgetMicro?: string;
  nowMs: number;
}

/** What is asked for, as it stands on the ledger. */
export function DemandFacts({ demand, budgetMicro, nowMs }: DemandFactsProps) {
  const { needs, work } = demand;
  const named = needs.map((need, index) => {
    const carries = work !== null && needs.findIndex(({ kind }) => kind === 'computing') === index;
    return {
      need,
      name: carries ? 'Machines' : `${sentenceCase(need.kind)}${needs.length > 1 ? ` (need ${index + 1})` : ''}`,
    };
  });
  return (
    <Facts
      facts={[
        ...(work === null ? [] : workFacts(work)),
        ...named.flatMap(({ need, name }) => needFacts(need, name)),
        { name: 'For', value: durationInWords(demand.durationMs) },
        ...(budgetMicro === undefined ? [] : [{ name: 'Budget', value: <Money amountMicro={budgetMicro} /> }]),
        { name: 'Backup', value: demand.backup ? 'wanted for each part' : 'not asked for' },
        ...(demand.batch
          ? [{ name: 'How it is bought', value: 'by itself, once it is matched with others at the end of an epoch' }]
          : []),
        { name: 'Purpose', value: `${inWords(demand.purpose)}, in ${inWords(demand.fieldOfBusiness)}` },
        { name: 'Published', value: <Time timeMs={demand.publishedAtMs} nowMs={nowMs} /> },
      ]}
    />
  );
}
