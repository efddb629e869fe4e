import type { Metadata } from 'next';
import { accountLabel } from '#components/ui/format.ts';
import { roleName } from '#lib/shared/roles.ts';
import { Facts } from '#components/ui/facts.tsx';
import { Id } from '#components/ui/id.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { textOf } from '#components/ui/pager.tsx';
import { EncryptionKeyPanel } from '#components/wallet/encryption-key-panel.tsx';
import { KeyExport } from '#components/wallet/key-export.tsx';
import { getParameters } from '#lib/queries/network.ts';
import { localPath, NEXT_READ_MAX, signedIn } from '../../../_session.ts';
import type { PageInput } from '../../../_page.ts';
import { CreateAccountForm } from './_components/create-account-form.tsx';
import { RenameForm } from './_components/rename-form.tsx';

export const metadata: Metadata = { title: 'Account and keys' };

export default async function AccountPage({ searchParams }: PageInput) {
  const session = await signedIn('/customer/account');
  const next = localPath(textOf((await searchParams).next, NEXT_READ_MAX)) ?? '/customer/account';
  if (!session.account) {
    const parameters = await getParameters();
    return (
      <>
        <PageHeader
          title="Create your account"
          lead="Your first signed action. The ledger gives your key an account number; from then on you can apply, be granted and pay."
        />
        <CreateAccountForm address={session.address} next={next} grantMicro={parameters.newAccountGrantMicro ?? '0'} />
      </>
    );
  }
  const { account } = session;
  return (
    <>
      <PageHeader title={account.name ?? accountLabel(account.id)} lead="Your account, and the keys that act for it." />
      <Facts
        facts={[
          { name: 'Account', value: accountLabel(account.id) },
          { name: 'Name', value: account.name ?? 'not shown to others' },
          { name: 'Address of the owner key', value: <Id id={account.address} what="address" isWhole /> },
          { name: 'Roles', value: account.roles.map((role) => roleName(role)).join(', ') || 'none' },
          { name: 'Encryption key on the ledger', value: <Id id={account.encryptionKey} what="encryption key" /> },
        ]}
      />
      <Section title="Encryption key of this device">
        <EncryptionKeyPanel address={session.address} registered={account.encryptionKey} />
      </Section>
      <Section title="Export the key">
        <KeyExport address={session.address} />
      </Section>
      <Section title="Change the name">
        <RenameForm address={session.address} name={account.name ?? ''} />
      </Section>
    </>
  );
}
