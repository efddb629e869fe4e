import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { AccountRef, ProposalDto } from '#lib/shared/dto.ts';
import { PROPOSAL_STATUSES } from '#ledger/contracts/governance/definition.ts';
import { ProposalList } from './proposal-list.tsx';

const account = (id: number): AccountRef => ({ id, address: `0x${id}`, name: null });
const proposal: ProposalDto = {
  id: 7,
  method: 'RequestRole',
  args: [{ name: 'role', value: 'NRP' }],
  proposes: 'the role NRP for A-5',
  by: account(5),
  concerns: account(5),
  status: 'open',
  closesAtMs: 60_000,
  electorate: 3,
  votes: [{ by: account(6), approve: true, tx: null, timeMs: 1 }],
  openedAtMs: 0,
};

function textOf(part: Partial<ProposalDto>): string {
  return renderToStaticMarkup(
    <ProposalList proposals={[{ ...proposal, ...part }]} nowMs={0} parameters={{ votingMs: '86400000' }} />,
  )
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

test('a proposal is said in the words of its method, with whom it concerns and how the vote stands', () => {
  const text = textOf({});
  expect(text).toContain('P-7 The role NRP for A-5 open');
  expect(text).toContain('Concerns A-5');
  expect(text).toContain('1 in favour, 0 against, of 3 who may vote; 2 in favour pass it');
});

test('a parameter is named by its title, and its value read in its unit', () => {
  const args = [
    { name: 'parameter', value: 'votingMs' },
    { name: 'value', value: '7200000' },
  ];
  const asked = { method: 'ProposeParameter', args, proposes: 'votingMs becomes 7200000', concerns: null };
  const text = textOf(asked);
  expect(text).toContain('Time to vote becomes 2 hours, now 1 day');
  // Once it is decided, what is in force then says nothing of what it was before.
  expect(textOf({ ...asked, status: 'passed' })).not.toContain('now');
  expect(text).not.toContain('Concerns');
});

test('a validator’s key can be read beside its proposal, and every status has its word', () => {
  const args = [{ name: 'publicKey', value: '02'.repeat(33) }];
  expect(textOf({ method: 'ProposeValidator', args, proposes: 'Fifth becomes a validator' })).toContain(
    'Key 020202…0202',
  );
  for (const status of PROPOSAL_STATUSES) expect(textOf({ status })).toContain(status);
});
