import Link from 'next/link';
import { countOf } from '#components/ui/count.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount, shorten } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import type { ConsensusDto } from '#lib/shared/monitoring.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { figure, figureWith } from './words.ts';

type Block = ConsensusDto['blocks'][number];
type Validator = ConsensusDto['validators'][number];

const CELL = 4;
const HEIGHT = 20;
/** A young ledger leaves the places at the left empty: cells keep their size. */
const PLACES = 200;
/** Blocks in the table. */
const ROWS_MAX = 50;

const nameOf = ({ address, name }: Validator): string => name ?? shorten(address);

function ValidatorRow({ validator, blocks }: { validator: Validator; blocks: readonly Block[] }) {
  const { address, missed, proposed, blocks: counted } = validator;
  const marks = marksOf(blocks, address);
  const label = `${isolatedText(nameOf(validator))} proposed ${proposed} of the last ${countOf(blocks.length, 'block')}; its vote is missing in ${missed} of ${counted}`;
  return (
    <li className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-1 md:grid-cols-[9rem_1fr_auto]">
      <span className="truncate text-sm">
        <Foreign text={nameOf(validator)} />
      </span>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${PLACES * CELL} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="order-3 col-span-2 h-5 w-full bg-surface-secondary md:order-none md:col-span-1"
      >
        <path d={marks.proposed} className="fill-accent" />
        <path d={marks.signed} className="fill-accent opacity-40" />
        <path d={marks.missing} className="fill-danger" />
      </svg>
      <span className="justify-self-end text-xs whitespace-nowrap text-muted tabular-nums">
        {`${proposed} proposed, ${missed} missing`}
      </span>
    </li>
  );
}

/** Told apart by where they stand as much as by colour: proposed fills the cell, signed its lower part, missing a stroke at the top. One path of each. */
function marksOf(blocks: readonly Block[], address: string): Record<'proposed' | 'signed' | 'missing', string> {
  const marks = { proposed: '', signed: '', missing: '' };
  for (const [index, block] of blocks.entries()) {
    const x = (PLACES - blocks.length + index) * CELL;
    if (block.missing.includes(address)) marks.missing += `M${x} 0h${CELL}v5h-${CELL}z`;
    else if (block.proposer === address) marks.proposed += `M${x} 0h3.5v${HEIGHT}h-3.5z`;
    else marks.signed += `M${x} 11h3.5v9h-3.5z`;
  }
  return marks;
}

/** What a mark of the grid looks like by itself. */
const LEGEND = [
  { word: 'proposed', y: 0, height: HEIGHT, className: 'fill-accent' },
  { word: 'signed', y: 11, height: 9, className: 'fill-accent opacity-40' },
  { word: 'missing', y: 0, height: 5, className: 'fill-danger' },
] as const;

function Legend() {
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      {LEGEND.map(({ word, y, height, className }) => (
        <span key={word} className="flex items-center gap-1">
          <svg viewBox={`0 0 6 ${HEIGHT}`} className="h-3.5 w-1.5" aria-hidden>
            <rect y={y} width="6" height={height} className={className} />
          </svg>
          <span>{word}</span>
        </span>
      ))}
    </span>
  );
}

/** The last blocks × validators: who proposed, who signed, who is missing. */
export function ConsensusGrid({ consensus: { validators, blocks } }: { consensus: ConsensusDto }) {
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (first === undefined || last === undefined) return <p className="text-muted">No block has been decided yet.</p>;
  return (
    <div className="flex flex-col gap-3">
      <div className="rounded-md border border-border bg-surface px-3 py-2.5">
        <ul aria-label="Validators in the last blocks" className="flex flex-col gap-2">
          {validators.map((validator) => (
            <ValidatorRow key={validator.address} validator={validator} blocks={blocks} />
          ))}
        </ul>
        <p className="mt-2 flex flex-wrap justify-between gap-x-4 gap-y-1 text-xs text-muted tabular-nums">
          <Text>{`Blocks ${formatCount(first.height)} to ${formatCount(last.height)}, oldest at the left; each shows the votes that it carries for the one before it`}</Text>
          <Legend />
        </p>
      </div>
      <Disclosure summary="The newest blocks as a table">
        <BlockTable blocks={blocks.slice(-ROWS_MAX).toReversed()} validators={validators} />
      </Disclosure>
    </div>
  );
}

function blockColumns(validators: readonly Validator[]): Column<Block>[] {
  const names = new Map(validators.map((validator) => [validator.address, nameOf(validator)]));
  const nameAt = (address: string): string => names.get(address) ?? shorten(address);
  return [
    {
      key: 'height',
      header: 'Block',
      isRowHeader: true,
      cell: ({ height }) => (
        <Link href={`/explorer/blocks/${height}`} prefetch={false} className="prose-link">
          {formatCount(height)}
        </Link>
      ),
    },
    { key: 'time', header: 'Time', cell: ({ timeMs }) => <Time timeMs={timeMs} /> },
    {
      key: 'took',
      header: 'After',
      align: 'end',
      cell: ({ blockTimeMs }) => (blockTimeMs === null ? '—' : figureWith(blockTimeMs / 1_000, 's')),
    },
    { key: 'round', header: 'Round', align: 'end', cell: ({ round }) => (round === null ? '—' : figure(round)) },
    { key: 'proposer', header: 'Proposed by', cell: ({ proposer }) => <Foreign text={nameAt(proposer)} /> },
    {
      key: 'missing',
      header: 'Missing',
      cell: ({ missing }) =>
        missing.length === 0 ? (
          <span className="text-muted">nobody</span>
        ) : (
          <Foreign text={missing.map(nameAt).join(', ')} />
        ),
    },
  ];
}

function BlockTable({ blocks, validators }: { blocks: readonly Block[]; validators: readonly Validator[] }) {
  return (
    <Table
      caption="The newest blocks: who proposed, and whose vote is missing"
      columns={blockColumns(validators)}
      rows={blocks}
      rowKey={({ height }) => height}
    />
  );
}
