import { Foreign } from '#components/ui/foreign.tsx';
import { proposalLabel, sentenceCase } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import type { Markup } from '#components/ui/markup.ts';
import { Time } from '#components/ui/time.tsx';
import type { ProposalDto } from '#lib/shared/dto.ts';
import { Text } from '#components/ui/text.tsx';
import { AccountName } from './account-name.tsx';
import { parameterInWords, parameterTitle } from './parameter-words.ts';
import { Status } from './status.tsx';

export interface ProposalListProps {
  proposals: readonly ProposalDto[];
  nowMs: number;
  /** What the parameters are now, by name, where proposals that are open may change them. */
  parameters?: Readonly<Record<string, string>>;
  /** Vote buttons, for those who may. */
  actions?: (proposal: ProposalDto) => Markup;
}

function argOf({ args }: ProposalDto, name: string): string | undefined {
  return args.find((arg) => arg.name === name)?.value;
}

/** What it asks for, in the words of the method that a passed vote carries out; a parameter's by its title and its value in words. */
export function askedFor(proposal: ProposalDto, parameters: Readonly<Record<string, string>>): string {
  const [parameter, value] = [argOf(proposal, 'parameter'), argOf(proposal, 'value')];
  if (proposal.method !== 'ProposeParameter' || parameter === undefined || value === undefined)
    return sentenceCase(proposal.proposes);
  const now = proposal.status === 'open' && Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined;
  const before = now === undefined ? '' : `, now ${parameterInWords(parameter, now)}`;
  return `${parameterTitle(parameter)} becomes ${parameterInWords(parameter, value)}${before}`;
}

/** Whom it concerns, the key that would decide blocks, the program that nobody would run: what can be looked up and compared. */
function Subject({ proposal }: { proposal: ProposalDto }) {
  const publicKey = argOf(proposal, 'publicKey');
  const algorithm = argOf(proposal, 'algorithm');
  const digest = argOf(proposal, 'digest');
  if (!proposal.concerns && publicKey === undefined && algorithm === undefined && digest === undefined) return null;
  return (
    <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-muted">
      {proposal.concerns ? (
        <span>
          Concerns <AccountName account={proposal.concerns} />
        </span>
      ) : null}
      {digest === undefined ? null : (
        <span>
          Digest <Id id={digest} what="digest of the version" />
        </span>
      )}
      {publicKey === undefined ? null : (
        <span>
          Key <Id id={publicKey} what="consensus key" />
        </span>
      )}
      {algorithm === undefined ? null : (
        <span>
          Program <Id id={algorithm} what="SHA-256 of the program" isWhole />
        </span>
      )}
    </p>
  );
}

/** Rules that would decide who is admitted, as they would be evaluated: the sentences beside them bind nobody. */
function ProposedRules({ proposal }: { proposal: ProposalDto }) {
  if (proposal.method !== 'ProposeAccessRules') return null;
  const rules = JSON.parse(argOf(proposal, 'rules') ?? '[]') as readonly { rule: string }[];
  return (
    <ol aria-label="Rules as they would be evaluated" className="mt-0.5 list-decimal ps-4 text-xs text-muted">
      {rules.map(({ rule }, index) => (
        <li key={index} className="font-mono break-words">
          <Foreign text={rule} />
        </li>
      ))}
    </ol>
  );
}

function countOf(proposal: ProposalDto): string {
  const approvals = proposal.votes.filter((vote) => vote.approve).length;
  const needed = Math.ceil((proposal.electorate * 2) / 3);
  return `${approvals} in favour, ${proposal.votes.length - approvals} against, of ${proposal.electorate} who may vote; ${needed} in favour pass it`;
}

/** Proposals with their votes: who decided what, and when. */
export function ProposalList({ proposals, nowMs, parameters = {}, actions }: ProposalListProps) {
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
              <span className="font-medium">{askedFor(proposal, parameters)}</span>
              <Status status={proposal.status} />
            </p>
            <Subject proposal={proposal} />
            <ProposedRules proposal={proposal} />
            <p className="mt-0.5 text-xs text-muted">{countOf(proposal)}</p>
            <p className="mt-0.5 text-xs text-muted">
              <span>Opened by</span> <AccountName account={proposal.by} /> <span>on</span>{' '}
              <Time timeMs={proposal.openedAtMs} />
              <Text>; {proposal.status === 'open' ? 'closes' : 'closed or would have closed'}</Text>{' '}
              <Time timeMs={proposal.closesAtMs} {...(proposal.status === 'open' ? { nowMs } : {})} />
            </p>
            {proposal.votes.length > 0 ? (
              <ul className="mt-1 text-xs text-muted">
                {proposal.votes.map((vote) => (
                  <li key={vote.by.id}>
                    <AccountName account={vote.by} /> <span>{vote.approve ? 'voted in favour' : 'voted against'}</span>
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
