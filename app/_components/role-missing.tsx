import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import type { Role } from '#ledger/contracts/shared/roles.ts';
import { roles } from '#lib/shared/roles.ts';

/** For someone whose account does not hold a role yet: names the missing step. */
export function RoleMissing({ title, role }: { title: string; role: Role }) {
  const { title: named, does } = roles[role];
  const name = named.toLowerCase();
  return (
    <>
      <PageHeader title={title} />
      <EmptyState
        title={`Your account does not hold the ${name} role yet`}
        action={{ label: `Request the ${name} role`, href: '/customer/roles' }}
      >
        <Text>
          A {name} {does}. You ask with one signature; the node providers decide by vote, two thirds of them must
          approve.
        </Text>
      </EmptyState>
    </>
  );
}
