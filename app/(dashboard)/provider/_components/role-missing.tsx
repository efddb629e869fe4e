import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { roles } from '#lib/shared/roles.ts';
import { Text } from '#components/ui/text.tsx';

const { title: role, does } = roles.NRP;

/** For someone whose account does not hold the provider's role yet: names the missing step. */
export function RoleMissing({ title }: { title: string }) {
  const name = role.toLowerCase();
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
