import type { ReactNode } from 'react';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount, formatMicro, nodeLabel, proposalLabel } from '#components/ui/format.ts';
import { roleName } from '#lib/shared/roles.ts';
import { Id } from '#components/ui/id.tsx';
import { Status } from './status.tsx';
import { Time } from '#components/ui/time.tsx';
import type { ProposalDto } from '#lib/shared/dto.ts';
import { AccountName } from './account-name.tsx';

export interface ProposalListProps {
  proposals: readonly ProposalDto[];
  nowMs: number;
  /** Vote buttons, for those who may. */
  actions?: (proposal: ProposalDto) => ReactNode;
}

function subjectOf(proposal: ProposalDto): ReactNode {
  switch (proposal.kind) {
    case 'role':
      return (
        <>
          {proposal.account ? <AccountName account={proposal.account} /> : 'An account'} asks for the role{' '}
          {roleName(proposal.subject)} ({proposal.subject})
        </>
      );
    case 'parameter':
      return (
        <>
          Set <span className="font-mono text-[0.8125rem]">{proposal.subject}</span> to {formatCount(proposal.value)}
        </>
      );
    case 'grant':
      return (
        <>
          Grant {formatMicro(proposal.value)} tokens from the treasury to{' '}
          {proposal.account ? <AccountName account={proposal.account} /> : 'an account'}
        </>
      );
    case 'validator':
      return (
        <>
          Admit <Foreign text={proposal.subject} /> as a validator, operated by{' '}
          {proposal.account ? <AccountName account={proposal.account} /> : 'an account'}, with the key{' '}
          <Id id={proposal.publicKey} what="consensus key" />
        </>
      );
    case 'validator-removal':
      return (
        <>
          Remove the validator <Foreign text={proposal.node?.name ?? ''} /> ({nodeLabel(proposal.value)})
        </>
      );
  }
}

function countOf(proposal: ProposalDto): string {
  const approvals = proposal.votes.filter((vote) => vote.approve).length;
  const needed = Math.ceil((proposal.electorate * 2) / 3);
  return `${approvals} in favour, ${proposal.votes.length - approvals} against, of ${proposal.electorate} who may vote; ${needed} in favour pass it`;
}

/** Proposals with their votes: who decided what, and when. */
export function ProposalList({ proposals, nowMs, actions }: ProposalListProps) {
  return (
    <ul className="divide-y divide-separator rounded-md border border-border bg-surface">
      {proposals.map((proposal) => (
        <li
          key={proposal.id}
          aria-label={`Proposal ${proposalLabel(proposal.id)}`}
          className="flex flex-wrap items-start justify-between gap-3 px-3 py-2.5"
        >
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <span className="font-mono text-xs text-muted">{proposalLabel(proposal.id)}</span>
              <span className="font-medium">{subjectOf(proposal)}</span>
              <Status status={proposal.status} />
            </p>
            <p className="mt-0.5 text-xs text-muted">{countOf(proposal)}</p>
            <p className="mt-0.5 text-xs text-muted">
              Opened by <AccountName account={proposal.by} /> on <Time timeMs={proposal.openedAtMs} />;{' '}
              {proposal.status === 'open' ? 'closes' : 'closed or would have closed'}{' '}
              <Time timeMs={proposal.closesAtMs} {...(proposal.status === 'open' ? { nowMs } : {})} />
            </p>
            {proposal.votes.length > 0 ? (
              <ul className="mt-1 text-xs text-muted">
                {proposal.votes.map((vote) => (
                  <li key={vote.by.id}>
                    <AccountName account={vote.by} /> voted {vote.approve ? 'in favour' : 'against'}
                  </li>
                ))}
              </ul>
            ) : null}
          </div>
          {actions ? actions(proposal) : null}
        </li>
      ))}
    </ul>
  );
}
