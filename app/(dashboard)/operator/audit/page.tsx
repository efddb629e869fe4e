import type { Metadata } from 'next';
import { AuditTable } from '#components/monitoring/audit-table.tsx';
import { CsvLink } from '#components/monitoring/csv-link.tsx';
import { Button } from '#components/ui/button.tsx';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { hrefWith, pageOf, Pager, textOf } from '#components/ui/pager.tsx';
import { getAudit } from '#lib/queries/audit.ts';
import { AUDITED, auditedOf, type Audited } from '#lib/shared/audit.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Audit' };

const PATH = '/operator/audit';

export default async function AuditPage({ searchParams }: PageInput) {
  const session = await withAccount(PATH);
  if (!holdsRole(session, 'NO')) return <RoleMissing title="Audit" role="NO" />;
  const query = await searchParams;
  const text = textOf(query.of, 20);
  const of = text === undefined ? undefined : auditedOf(text);
  return (
    <>
      <PageHeader
        title="Audit"
        lead="Every change of a status that the ledger recorded of an account, a resource, an order or a node: when, in which block, by whom, and why."
      />
      <form action={PATH} role="search" aria-label="Audit" className="mb-4 flex flex-wrap items-center gap-2 text-sm">
        <label htmlFor="audit-of">Number, such as A-1, R-1, O-1 or N-1</label>
        <input
          id="audit-of"
          name="of"
          type="search"
          required
          defaultValue={text ?? ''}
          maxLength={20}
          className="input h-8 w-40 py-1"
        />
        <Button type="submit" size="sm">
          Show
        </Button>
      </form>
      {text !== undefined && of === undefined ? (
        <Note kind="warning">
          This is no number of an account, a resource, an order or a node. Write one such as A-1, R-1, O-1 or N-1.
        </Note>
      ) : null}
      {of === undefined ? null : <Entries of={of} page={pageOf(query.page)} />}
    </>
  );
}

async function Entries({ of, page: asked }: { of: Audited; page: number }) {
  const [{ items, page, pageSize, total }, nowMs] = await Promise.all([getAudit(of, asked), serverNow()]);
  const { letter, title } = AUDITED[of.kind];
  const number = `${letter}-${of.id}`;
  return (
    <Section title={`${title} ${number}`} aside={<CsvLink href={`/operator/audit.csv?of=${number}`} />}>
      {total === 0 ? (
        <EmptyState title="Nothing is recorded">The ledger knows no change of a status under this number.</EmptyState>
      ) : (
        <>
          <p className="mb-2 text-sm text-muted">
            What is between the parties of an order is told here as what everybody may know: that it happened, and when.
          </p>
          <AuditTable entries={items} nowMs={nowMs} />
          <Pager
            page={page}
            pageSize={pageSize}
            total={total}
            what="change"
            hrefOf={(next) => hrefWith(PATH, { of: number }, { page: String(next) })}
          />
        </>
      )}
    </Section>
  );
}
