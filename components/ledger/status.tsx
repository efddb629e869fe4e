import {
  Ban,
  CheckCheck,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleX,
  Clock,
  PackageCheck,
} from 'lucide-react';
import { Chip, type ChipLook } from '#components/ui/chip.tsx';
import type { AgreementStatus } from '#ledger/contracts/agreement/definition.ts';
import type { ProposalStatus } from '#ledger/contracts/governance/definition.ts';
import type { NodeStatus } from '#ledger/contracts/node/definition.ts';
import type { ResourceStatus } from '#ledger/contracts/resource/definition.ts';
import type { IntervalState } from '#ledger/contracts/shared/runs.ts';

/** Words that the ledger's definitions list. */
type LedgerStatus = AgreementStatus | ResourceStatus | ProposalStatus | NodeStatus | IntervalState;
/** Words of the screens alone: of applications, keys, agents, transactions and validators that are watched. */
type ScreenStatus =
  | 'refused'
  | 'done'
  | 'revoked'
  | 'contested'
  | 'running'
  | 'stopped'
  | 'silent'
  | 'halted'
  | 'catching-up'
  | 'unknown';
export type StatusWord = LedgerStatus | ScreenStatus;

/** The same words on screens, in the API and in the command line. A status that a definition adds does not compile before it has its look here. */
const LOOKS: Readonly<Record<StatusWord, ChipLook>> = {
  reserved: { tone: 'neutral', icon: CircleDashed, word: 'reserved' },
  prepared: { tone: 'accent', icon: PackageCheck, word: 'prepared' },
  active: { tone: 'success', icon: CircleDot, word: 'active' },
  completed: { tone: 'neutral', icon: CircleCheck, word: 'completed' },
  terminated: { tone: 'warning', icon: CircleX, word: 'terminated' },
  failed: { tone: 'danger', icon: CircleX, word: 'failed' },
  settled: { tone: 'neutral', icon: CheckCheck, word: 'settled' },
  published: { tone: 'success', icon: CircleCheck, word: 'published' },
  suspended: { tone: 'warning', icon: CirclePause, word: 'suspended' },
  retired: { tone: 'neutral', icon: Ban, word: 'retired' },
  open: { tone: 'accent', icon: Clock, word: 'open' },
  passed: { tone: 'success', icon: CircleCheck, word: 'passed' },
  rejected: { tone: 'danger', icon: CircleX, word: 'rejected' },
  expired: { tone: 'neutral', icon: Clock, word: 'expired' },
  registered: { tone: 'neutral', icon: CircleDashed, word: 'registered' },
  probation: { tone: 'accent', icon: Clock, word: 'on probation' },
  waiting: { tone: 'accent', icon: Clock, word: 'waiting' },
  validating: { tone: 'success', icon: CircleCheck, word: 'validating' },
  'standing-down': { tone: 'warning', icon: CircleAlert, word: 'standing down by its credit' },
  returning: { tone: 'neutral', icon: CircleDashed, word: 'returning' },
  leaving: { tone: 'warning', icon: Clock, word: 'leaving' },
  kept: { tone: 'success', icon: CircleCheck, word: 'kept' },
  degraded: { tone: 'warning', icon: CircleAlert, word: 'degraded' },
  down: { tone: 'danger', icon: CircleX, word: 'down' },
  refused: { tone: 'danger', icon: Ban, word: 'refused' },
  done: { tone: 'success', icon: CircleCheck, word: 'done' },
  revoked: { tone: 'neutral', icon: Ban, word: 'revoked' },
  contested: { tone: 'warning', icon: CircleAlert, word: 'contested' },
  running: { tone: 'success', icon: CircleCheck, word: 'running' },
  stopped: { tone: 'danger', icon: CircleX, word: 'stopped' },
  silent: { tone: 'warning', icon: CircleAlert, word: 'silent' },
  halted: { tone: 'danger', icon: CircleX, word: 'halted' },
  'catching-up': { tone: 'warning', icon: CircleDashed, word: 'catching up' },
  unknown: { tone: 'neutral', icon: CircleDashed, word: 'unknown' },
};

export interface StatusProps {
  status: StatusWord;
  /** Overrides the word, for outcomes that carry a sentence of their own. */
  word?: string;
}

export function Status({ status, word }: StatusProps) {
  return <Chip {...LOOKS[status]} {...(word === undefined ? {} : { word })} />;
}

/** How a validator is, as the engine says it; a word that this page does not know is shown as it is. */
export function ValidatorState({ state }: { state: string }) {
  return Object.hasOwn(LOOKS, state) ? (
    <Status status={state as StatusWord} />
  ) : (
    <Status status="unknown" word={state} />
  );
}

/** What a transaction came to: done, or the code and its sentence. */
export function Outcome({ code, outcome }: { code: number; outcome: string }) {
  if (code === 0) return <Status status="done" />;
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
      <Status status="refused" word={`refused · code ${code}`} />
      <span className="text-muted">{outcome}</span>
    </span>
  );
}
