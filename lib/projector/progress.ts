import 'server-only';

export interface ProgressTarget {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

const BAR_WIDTH = 30;
const STEP_PERCENT = 10;
const REPORT_MS_MIN = 1_000;

/** Whole per cent, at most 100; 100 only when it is all there. */
function percentOf(height: bigint, total: bigint): number {
  return height >= total ? 100 : Number((height * 100n) / total);
}

/** Shows how far a rebuild is: a bar that moves on a terminal, a line every ten per cent elsewhere. */
export function createProgress(target: ProgressTarget): (height: bigint, total: bigint) => void {
  let shown = -1;
  return (height, total) => {
    const percent = percentOf(height, total);
    const isNews =
      target.isTTY === true
        ? percent !== shown
        : Math.floor(percent / STEP_PERCENT) !== Math.floor(shown / STEP_PERCENT);
    if (!isNews) return;
    shown = percent;
    const done = height < total ? height : total;
    const filled = Math.round((percent / 100) * BAR_WIDTH);
    const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${percent} % (block ${done} of ${total})`;
    target.write(target.isTTY === true ? `\r${bar}${percent === 100 ? '\n' : ''}` : `${bar}\n`);
  };
}

/** Says how far a new read model is while it is made, at most once a second, and that it is done; says nothing of one that has caught up before. */
export function createReplayReport(
  say: (line: object) => void,
  nowMs = (): number => performance.now(),
): (height: bigint, untilHeight: bigint) => void {
  let said: { percent: number; atMs: number } | undefined;
  return (height, untilHeight) => {
    const percent = percentOf(height, untilHeight);
    const atMs = nowMs();
    if (percent === (said?.percent ?? 100)) return;
    if (percent < 100 && said !== undefined && atMs - said.atMs < REPORT_MS_MIN) return;
    said = { percent, atMs };
    say({ replay: { percent, height: height.toString(), untilHeight: untilHeight.toString() } });
  };
}
