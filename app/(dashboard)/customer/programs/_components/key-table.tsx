import { Status } from '#components/ledger/status.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Money } from '#components/ui/money.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { RevokeKey } from '#components/wallet/revoke-key.tsx';
import type { OwnKeyDto } from '#lib/shared/dto.ts';

function stateOf(
  { isRevoked, expiresAtMs }: OwnKeyDto,
  nowMs: number,
): { status: 'running' | 'stopped'; word: string } {
  if (isRevoked) return { status: 'stopped', word: 'revoked' };
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return { status: 'stopped', word: 'expired' };
  return { status: 'running', word: 'allowed' };
}

/** What becomes of what the key did, and of what was still to be done with it. */
function whatStays({ methods }: OwnKeyDto): string {
  return methods.includes('ProposePlan')
    ? 'It can sign nothing from then on. What it proposed, and what it asked of providers, stands.'
    : 'It can sign nothing from then on. Orders that it bought run on; you can end them. An agent can neither deliver nor claim without its key.';
}

function columnsOf(address: string, nowMs: number): Column<OwnKeyDto>[] {
  return [
    {
      key: 'label',
      header: 'Key',
      isRowHeader: true,
      cell: (key) => (
        <span>
          <Foreign text={key.label} />
          <span className="block text-xs text-muted">
            <Id id={key.address} what="key" />
          </span>
        </span>
      ),
    },
    { key: 'may', header: 'May sign', cell: ({ methods }) => methods.join(', ') },
    {
      key: 'for',
      header: 'For',
      cell: ({ resources }) => (resources.length === 0 ? 'every resource' : resources.map(resourceLabel).join(', ')),
    },
    {
      key: 'spent',
      header: 'Spent of its limit',
      align: 'end',
      cell: (key) => (
        <span>
          <Money amountMicro={key.spentMicro} /> <span>of</span> <Money amountMicro={key.spendingCapMicro} />
        </span>
      ),
    },
    {
      key: 'until',
      header: 'Until',
      cell: ({ expiresAtMs }) => (expiresAtMs === null ? 'for good' : <Time timeMs={expiresAtMs} nowMs={nowMs} />),
    },
    { key: 'state', header: 'State', cell: (key) => <Status {...stateOf(key, nowMs)} /> },
    {
      key: 'revoke',
      header: 'Take back',
      cell: (key) =>
        stateOf(key, nowMs).status === 'running' ? (
          <RevokeKey revokedKey={key.key} label={key.label} address={address}>
            {whatStays(key)}
          </RevokeKey>
        ) : (
          <span className="text-muted">nothing to take back</span>
        ),
    },
  ];
}

/** Every key that was allowed, with its limits, what it spent of them, and the way to take it back. */
export function KeyTable({ keys, address, nowMs }: { keys: readonly OwnKeyDto[]; address: string; nowMs: number }) {
  return (
    <Table
      caption="Keys that may act for your account"
      columns={columnsOf(address, nowMs)}
      rows={keys}
      rowKey={({ key }) => key}
    />
  );
}
