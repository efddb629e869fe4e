'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { AccountName } from '#components/ledger/account-name.tsx';
import { shareInWords } from '#components/ledger/amounts.ts';
import { excludedBy, type Excluded } from '#components/strategy/affected.ts';
import type { Change, SharedTerms } from '#components/strategy/changes.ts';
import { countOf } from '#components/ui/count.ts';
import { accountLabel, formatCount } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import type { QuantityDto, RevisionFacts } from '#lib/shared/dto.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';

const cell = (words: string | undefined, none: string) =>
  words === undefined ? <span className="text-muted">{none}</span> : <span className="break-words">{words}</span>;

const COLUMNS: readonly Column<Change>[] = [
  { key: 'what', header: 'What', isRowHeader: true, cell: ({ what }) => what },
  { key: 'before', header: 'Until now', cell: ({ before }) => cell(before, 'not asked for') },
  { key: 'after', header: 'From now on', cell: ({ after }) => cell(after, 'no longer asked for') },
];

/** Every line that would be another, old beside new. */
export function ChangeTable({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <p className="text-muted">Nothing is changed yet: there is nothing to sign.</p>;
  return (
    <Table
      caption="What changes"
      columns={COLUMNS}
      rows={changes}
      rowKey={({ what, before, after }) => `${what} ${before ?? ''} ${after ?? ''}`}
    />
  );
}

export interface ForWhomProps {
  kind: ShownKind;
  before: SharedTerms;
  after: SharedTerms;
  facts: RevisionFacts;
  tags: readonly string[];
  /** Of the capacity in force, what no order holds. */
  free: readonly QuantityDto[];
  nowMs: number;
}

/** Meters of which orders hold more than the new capacity has. */
function overfull({ kind, before, after, free }: ForWhomProps): string[] {
  return after.capacity.flatMap(({ meter, amount }) => {
    const old = before.capacity.find((quantity) => quantity.meter === meter)?.amount ?? 0;
    const held = old - (free.find((quantity) => quantity.meter === meter)?.amount ?? 0);
    const counted = kind.ledger.meters[meter];
    if (counted === undefined || held <= amount) return [];
    return [`${counted.title.toLowerCase()}: ${shareInWords(held, amount, counted)} are taken`];
  });
}

/** Whom the next version concerns, in sentences: who comes, who runs, who is about to sign, who came before. */
export function ForWhom(props: ForWhomProps) {
  const { before, after, facts, kind, tags, nowMs } = props;
  const version = before.strategy.version;
  const over = overfull(props);
  const { excluded, included } = excludedBy({ before: before.strategy, after: after.strategy }, facts.customers, {
    kind,
    tags,
    nowMs,
  });
  const running = facts.running;
  return (
    <ul className="flex list-disc flex-col gap-1.5 ps-4">
      <li>
        <strong>New applications</strong> <span>are decided by it from the moment the signature is on the ledger.</span>
      </li>
      <li>
        <strong>
          {running === 0 ? 'No order runs' : `${countOf(running, 'order')} that ${running === 1 ? 'runs' : 'run'}`}
        </strong>{' '}
        <span>
          {running === 0
            ? 'now that would be spared by it.'
            : `${running === 1 ? 'keeps' : 'keep'} what ${running === 1 ? 'it was' : 'they were'} granted until the end: price, limits, promise.`}
        </span>
      </li>
      <li>
        <strong>{`Applications signed for version ${version}`}</strong>{' '}
        <span>
          that the ledger has not decided by then are refused: nothing is reserved, no money is held, and they are asked
          to read the conditions again.
        </span>
      </li>
      {over.length > 0 ? (
        <li>
          <strong>Nobody new</strong> <span>{`is admitted until enough orders have ended (${over.join('; ')}).`}</span>
        </li>
      ) : null}
      <PastCustomers facts={facts} excluded={excluded} included={included.length} />
    </ul>
  );
}

function PastCustomers({
  excluded,
  included,
  facts,
}: {
  excluded: readonly Excluded[];
  included: number;
  facts: RevisionFacts;
}) {
  const { customers, isEveryCustomer } = facts;
  if (customers.length === 0)
    return (
      <li>
        <strong>No customer yet</strong> <span>whose application could be held against it.</span>
      </li>
    );
  const count = countOf(customers.length, 'customer');
  const all = isEveryCustomer ? `Of ${count} so far,` : `Of the last ${count},`;
  return (
    <li>
      <strong>{all}</strong>{' '}
      <span>
        {excluded.length === 0
          ? 'none would be refused who is admitted now, with the application that they signed last.'
          : `${formatCount(excluded.length)} would be refused who ${excluded.length === 1 ? 'is' : 'are'} admitted now, with the application that they signed last:`}
      </span>
      {excluded.length > 0 ? (
        <ul className="mt-1 flex flex-col gap-0.5">
          {excluded.map(({ customer: { account }, because }) => (
            <li key={account.id} className="break-words">
              <AccountName account={account} />{' '}
              {account.name === null ? null : (
                <span className="font-mono text-[0.8125rem] text-muted">{accountLabel(account.id)}</span>
              )}
              <span>{`: ${because.map(isolatedText).join('; ')}`}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {included > 0 ? <p>{`${included} would be admitted again who would be refused now.`}</p> : null}
    </li>
  );
}

/** What a new version cannot change. */
export function NotChanged({ kind }: { kind: ShownKind }) {
  const held = kind.ledger.capacity.map((meter) => kind.ledger.meters[meter]?.title.toLowerCase() ?? meter);
  return (
    <Note kind="info">
      {`A new version changes conditions, ways, times, limits, price and promise, and how much there is (${held.join(', ')}). It does not change title, summary, tags, licence or source: retire the resource and publish the source again for that.`}
    </Note>
  );
}
