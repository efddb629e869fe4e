import { countOf } from '#components/ui/count.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount } from '#components/ui/format.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { ConsensusStripDto } from '#lib/shared/explorer-dto.ts';
import { Text } from '#components/ui/text.tsx';
import { ValidatorState } from './status.tsx';

const CELL = 10;
const GAP = 2;
/** A young ledger leaves the slots at the left empty: cells keep their size. */
const SLOTS = 50;

interface ValidatorRow {
  address: string;
  name: string;
  state: string;
  /** Of the blocks since it is a member; the slots before stay empty. */
  signed: { height: number; slot: number; isSigned: boolean }[];
}

/** Blocks whose signatures have been read; a decided block has more than two thirds of them, never none. */
function recordedBlocks(strip: ConsensusStripDto): ConsensusStripDto['blocks'] {
  return strip.blocks.filter((block) => block.signed.includes(true)).slice(-SLOTS);
}

function rowsOf(strip: ConsensusStripDto): ValidatorRow[] {
  const blocks = recordedBlocks(strip);
  const offset = SLOTS - blocks.length;
  return strip.validators.map((validator, index) => ({
    ...validator,
    signed: blocks.flatMap((block, at) => {
      const isSigned = block.signed[index] ?? null;
      return isSigned === null ? [] : [{ height: block.height, slot: offset + at, isSigned }];
    }),
  }));
}

/** The last blocks × validators, signed or missed: it separates "only you" from "everyone". */
export function ConsensusStrip({ strip }: { strip: ConsensusStripDto }) {
  const blocks = recordedBlocks(strip);
  const first = blocks[0];
  const last = blocks.at(-1);
  if (!first || !last) return <p className="text-muted">No block has been decided yet.</p>;
  return (
    <div className="rounded-md border border-border bg-surface px-3 py-2.5">
      <Troubles sentences={strip.troubles} />
      <ul className="flex flex-col gap-1.5">
        {rowsOf(strip).map((row) => (
          <li
            key={row.address}
            className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-0.5 sm:grid-cols-[8rem_1fr_6.5rem]"
          >
            <span className="truncate text-sm">
              <Foreign text={row.name} />
            </span>
            <span className="order-3 col-span-2 sm:order-none sm:col-span-1">
              <Signatures row={row} />
            </span>
            <span className="justify-self-end">
              <ValidatorState state={row.state} />
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-2 flex flex-wrap justify-between gap-x-4 text-xs text-muted tabular-nums">
        <Text>
          Blocks {formatCount(first.height)} to {formatCount(last.height)}, oldest at the left
        </Text>
        <span className="flex items-center gap-3">
          <span className="flex items-center gap-1">
            <svg viewBox="0 0 10 10" className="size-2.5" aria-hidden>
              <rect width="10" height="10" rx="1.5" className="fill-accent" />
            </svg>
            signed
          </span>
          <span className="flex items-center gap-1">
            <svg viewBox="0 0 10 10" className="size-2.5" aria-hidden>
              <Missed x={0} />
            </svg>
            missed
          </span>
        </span>
      </p>
    </div>
  );
}

/** What is wrong stands before who signed. */
function Troubles({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <ul aria-label="What is wrong with the ledger" className="mb-2 flex flex-col gap-1 text-sm text-danger">
      {sentences.map((sentence) => (
        <li key={sentence}>
          <Foreign text={sentence} />
        </li>
      ))}
    </ul>
  );
}

function Missed({ x }: { x: number }) {
  return (
    <path
      d={`M${x + 1} 1 l${CELL - 2} ${CELL - 2} M${x + CELL - 1} 1 l-${CELL - 2} ${CELL - 2}`}
      className="stroke-danger"
      strokeWidth="2"
      fill="none"
    />
  );
}

function Signatures({ row }: { row: ValidatorRow }) {
  const count = row.signed.filter((cell) => cell.isSigned).length;
  const missed = row.signed.filter((cell) => !cell.isSigned).map((cell) => cell.height);
  const label = `${isolatedText(row.name)} signed ${count} of the last ${countOf(row.signed.length, 'block')}${missed.length > 0 ? `; missed ${missed.slice(0, 10).join(', ')}${missed.length > 10 ? ' and others' : ''}` : ''}`;
  const width = SLOTS * (CELL + GAP) - GAP;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${CELL}`}
      preserveAspectRatio="none"
      className="h-3.5 w-full"
    >
      {row.signed.map((cell) =>
        cell.isSigned ? (
          <rect
            key={cell.height}
            x={cell.slot * (CELL + GAP)}
            width={CELL}
            height={CELL}
            rx="1.5"
            className="fill-accent"
          />
        ) : (
          <Missed key={cell.height} x={cell.slot * (CELL + GAP)} />
        ),
      )}
    </svg>
  );
}
