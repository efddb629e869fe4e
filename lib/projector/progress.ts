import 'server-only';

export interface ProgressTarget {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

const BAR_WIDTH = 30;
const STEP_PERCENT = 10;

/** Shows how far a rebuild is: a bar that moves on a terminal, a line every ten per cent elsewhere. */
export function createProgress(total: bigint, target: ProgressTarget): (height: bigint) => void {
  let shown = -1;
  return (height) => {
    const percent = total === 0n ? 100 : Number((height * 100n) / total);
    const isNews =
      target.isTTY === true
        ? percent !== shown
        : Math.floor(percent / STEP_PERCENT) !== Math.floor(shown / STEP_PERCENT);
    if (!isNews) return;
    shown = percent;
    const filled = Math.round((percent / 100) * BAR_WIDTH);
    const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${percent} % (block ${height} of ${total})`;
    target.write(target.isTTY === true ? `\r${bar}${percent === 100 ? '\n' : ''}` : `${bar}\n`);
  };
}
