import type { ShareName } from '#ledger/contracts/node/definition.ts';
import type { HostDto } from './allocation.ts';

const CORE = 1_000;

/** What to shift at a host, as it is proposed to whoever may sign it. */
export interface ProposedShift {
  readonly from: ShareName;
  readonly to: ShareName;
  readonly millicores: number;
  readonly reason: string;
}

/**
 * What to shift at a host, from what was measured: whole cores to consensus where blocks are slow and the host takes part in it, from reserve
 * first; else from reserve to service where all slots are busy and runs wait, as many as wait. Undefined: nothing is short, or nothing can
 * be shifted [6.2.2-c, 8.1.1-d, I.2-8].
 */
export function proposedShift(
  { shares, runs }: Pick<HostDto, 'shares' | 'runs'>,
  areBlocksSlow: boolean,
): ProposedShift | undefined {
  if (shares === null) return undefined;
  const { now, movable } = shares;
  if (areBlocksSlow && now.consensus > 0) {
    const reason = 'Blocks take long, and the host takes part in consensus';
    if (movable.reserve >= CORE) return { from: 'reserve', to: 'consensus', millicores: CORE, reason };
    // An agent runs one program whatever its share: the last core of service is not shifted away.
    if (movable.service >= 2 * CORE) return { from: 'service', to: 'consensus', millicores: CORE, reason };
    return undefined;
  }
  const isShort = runs !== null && runs.waiting > 0 && runs.busy >= runs.slots;
  if (!isShort || movable.reserve < CORE) return undefined;
  const cores = Math.min(Math.floor(movable.reserve / CORE), runs.waiting);
  const waiting = runs.waiting === 1 ? '1 run waits' : `${runs.waiting} runs wait`;
  return { from: 'reserve', to: 'service', millicores: cores * CORE, reason: `All slots are busy and ${waiting}` };
}
