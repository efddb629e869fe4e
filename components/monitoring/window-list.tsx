import { CalendarClock, Wrench } from 'lucide-react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import type { WindowDto, WindowInput } from '#lib/shared/monitoring.ts';
import type { Act } from './act.ts';
import { EndWindow } from './end-window.tsx';
import { NodeLink } from './node-link.tsx';
import { ChangeWindow } from './window-form.tsx';
import { nodeWords } from './words.ts';

export interface WindowListProps {
  windows: readonly WindowDto[];
  /** Where the pages of nodes are. */
  base: string;
  nowMs: number;
  change: Act<{ window: number } & Omit<WindowInput, 'node'>>;
  end: Act<number>;
}

/** Maintenance that is announced or runs, each to be changed or ended. */
export function WindowList({ windows, base, nowMs, change, end }: WindowListProps) {
  return (
    <ul aria-label="Maintenance" className="divide-y divide-separator rounded-md border border-border bg-surface">
      {windows.map((window) => (
        <WindowItem key={window.id} window={window} base={base} nowMs={nowMs} change={change} end={end} />
      ))}
    </ul>
  );
}

function WindowItem({
  window: { id, node, fromMs, toMs, note, announcedBy },
  base,
  nowMs,
  change,
  end,
}: Omit<WindowListProps, 'windows'> & { window: WindowDto }) {
  const isRunning = fromMs <= nowMs;
  return (
    <li aria-label={nodeWords(node)} className="flex flex-col gap-2 px-3 py-2.5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <NodeLink node={node} base={base} />
            {isRunning ? (
              <Chip tone="accent" icon={Wrench} word="runs now" />
            ) : (
              <Chip tone="neutral" icon={CalendarClock} word="announced" />
            )}
          </p>
          <p className="mt-0.5 text-sm">
            <Time timeMs={fromMs} {...(isRunning ? {} : { nowMs })} />
            <span> until </span>
            <Time timeMs={toMs} nowMs={nowMs} />
          </p>
          <p className="mt-0.5 flex flex-wrap gap-x-2 text-sm text-muted">
            <span className="min-w-0 break-words">
              {note === '' ? <Text>No word of what is done</Text> : <Foreign text={note} />}
            </span>
            <span>
              <span>announced by </span>
              <AccountName account={announcedBy} />
            </span>
          </p>
        </div>
        <EndWindow window={id} node={nodeWords(node)} isRunning={isRunning} end={end} />
      </div>
      <Disclosure summary="Change it">
        <ChangeWindow window={id} times={{ fromMs, toMs, note }} change={change} />
      </Disclosure>
    </li>
  );
}
