import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

/** For someone whose account does not hold the provider role yet: names the missing step. */
export function RoleMissing({ title }: { title: string }) {
  return (
    <>
      <PageHeader title={title} />
      <EmptyState
        title="Your account does not hold the provider role yet"
        action={{ label: 'Request the provider role', href: '/customer/roles' }}
      >
        Providers publish and serve resources. You ask with one signature; the node providers decide by vote, two thirds
        of them must approve.
      </EmptyState>
    </>
  );
}
