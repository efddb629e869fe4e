import { Bars } from '#components/chart/bars.tsx';
import type { ConsensusDto } from '#lib/shared/monitoring.ts';
import { countOf } from '#components/ui/count.ts';
import { Text } from '#components/ui/text.tsx';
import { formatCount } from '#components/ui/format.ts';
import { figure, figureWith } from './words.ts';

type Block = ConsensusDto['blocks'][number];

interface BlockChartProps {
  heading: string;
  words: string;
  blocks: readonly Block[];
  amountOf: (block: Block) => number;
}

function BlockChart({ heading, words, blocks, amountOf }: BlockChartProps) {
  return (
    <figure className="flex min-w-0 flex-col gap-2 rounded-md border border-border bg-surface p-3">
      <figcaption className="flex flex-wrap justify-between gap-x-3 text-sm">
        <span className="font-medium">{heading}</span>
        <span className="tabular-nums">{words}</span>
      </figcaption>
      <Bars
        values={blocks.map((block) => ({ key: block.height, whole: amountOf(block), part: amountOf(block) }))}
        label={`${heading}, block by block: ${words}`}
      />
      <p className="flex flex-wrap justify-between gap-x-3 text-xs text-muted tabular-nums">
        <Text>{`Block ${formatCount(blocks[0]?.height ?? 0)}`}</Text>
        <Text>{`Block ${formatCount(blocks.at(-1)?.height ?? 0)}`}</Text>
      </p>
    </figure>
  );
}

/** How long each of the last blocks took, and how many rounds; the same figures stand in the table of blocks. */
export function BlockCharts({ blocks }: { blocks: readonly Block[] }) {
  const times = blocks.flatMap(({ blockTimeMs }) => (blockTimeMs === null ? [] : [blockTimeMs / 1_000]));
  if (times.length === 0) return <p className="text-sm text-muted">There are too few blocks yet.</p>;
  const rounds = blocks.map(({ round }) => round ?? 0);
  const more = rounds.filter((round) => round > 0).length;
  return (
    <div className="grid gap-3 md:grid-cols-2">
      <BlockChart
        heading="Time since the block before"
        words={`${figure(Math.min(...times))} to ${figureWith(Math.max(...times), 's')}`}
        blocks={blocks}
        amountOf={({ blockTimeMs }) => blockTimeMs ?? 0}
      />
      <BlockChart
        heading="Rounds beyond the first"
        words={more === 0 ? 'none' : `in ${more} of ${countOf(blocks.length, 'block')}, ${Math.max(...rounds)} at most`}
        blocks={blocks}
        amountOf={({ round }) => round ?? 0}
      />
    </div>
  );
}
