import { countOf } from '#components/ui/count.ts';
import type { OrderMovesDto } from '#lib/shared/repair.ts';

/** How many running orders have somewhere to go. */
export function runningInWords({ running, withBackup }: Pick<OrderMovesDto, 'running' | 'withBackup'>): string {
  if (running === 0) return 'No order of it runs.';
  const without = running - withBackup;
  const orders = `${countOf(running, 'order')} ${running === 1 ? 'runs' : 'run'}`;
  if (without === 0) return `${orders}, ${running === 1 ? 'with a backup' : 'each with a backup'}.`;
  if (withBackup === 0) return `${orders} without a backup: when it fails, its customers get their money back.`;
  return `${orders}: ${withBackup} with a backup, ${without} without, whose customers get their money back.`;
}

/** What came of the silence so far. */
export function movesInWords({ moves }: Pick<OrderMovesDto, 'moves'>): string {
  const count = (of: (move: OrderMovesDto['moves'][number]) => boolean): number =>
    moves.filter(of).reduce((sum, { orders }) => sum + orders, 0);
  const [moved, ended] = [count(({ to }) => to !== null), count(({ to }) => to === null)];
  const parts = [
    ...(moved > 0 ? [`${countOf(moved, 'order')} moved to ${moved === 1 ? 'its backup' : 'their backups'}`] : []),
    ...(ended > 0 ? [`${countOf(ended, 'order')} ended and ${ended === 1 ? 'is' : 'are'} refunded`] : []),
  ];
  return `Since the fault was seen ${parts.join(', ')}.`;
}
