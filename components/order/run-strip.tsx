import { formatMeasured, formatUtc } from '#components/ui/format.ts';
import type { RunDto } from '#lib/shared/dto.ts';
import { INTERVAL_STATES, type IntervalState } from '#ledger/contracts/shared/runs.ts';
import { Text } from '#components/ui/text.tsx';

const WIDTH = 720;
const HEIGHT = 16;
/** A run is drawn this wide at least, so that a short one is seen. */
const RUN_WIDTH_MIN = 1.5;

/** How each state is drawn: by its height and its pattern, so that no colour is needed to tell them apart. */
const SHAPES: Readonly<Record<IntervalState, { height: number; className: string; word: string }>> = {
  kept: { height: HEIGHT, className: 'fill-accent', word: 'kept: as high as the strip' },
  degraded: { height: HEIGHT / 2, className: 'fill-warning', word: 'degraded: half as high' },
  down: { height: 3, className: 'fill-danger', word: 'down: a line at the bottom' },
};

function msOf(runs: readonly RunDto[], state: IntervalState): number {
  return runs.filter((run) => run.state === state).reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}

/** All runs of the window in their order, each as wide as it was long. */
export function RunStrip({ runs }: { runs: readonly RunDto[] }) {
  const first = runs[0];
  const last = runs.at(-1);
  if (!first || !last) return null;
  const spanMs = Math.max(1, last.endMs - first.startMs);
  const states = INTERVAL_STATES.toReversed();
  const sentence = `${states.map((state) => `${formatMeasured(msOf(runs, state))} ${state}`).join(', ')}.`;
  return (
    <div className="rounded-md border border-border bg-surface p-3">
      <p>{sentence}</p>
      <svg
        role="img"
        aria-label={sentence}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="mt-2 h-5 w-full"
      >
        {runs.map(({ startMs, endMs, state }) => {
          const { height, className } = SHAPES[state];
          return (
            <rect
              key={startMs}
              x={((startMs - first.startMs) * WIDTH) / spanMs}
              y={HEIGHT - height}
              width={Math.max(RUN_WIDTH_MIN, ((endMs - startMs) * WIDTH) / spanMs)}
              height={height}
              className={className}
            />
          );
        })}
      </svg>
      <p className="mt-2 flex flex-wrap justify-between gap-x-4 text-xs text-muted">
        <Text>
          From {formatUtc(first.startMs)} to {formatUtc(last.endMs)}
        </Text>
        <span>{states.map((state) => SHAPES[state].word).join(' · ')}</span>
      </p>
    </div>
  );
}
