import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { PageHeader } from '#components/ui/page-header.tsx';
import { textOf } from '#components/ui/pager.tsx';
import { SampleLinkScript } from '#components/wallet/sample-link-script.tsx';
import { SignInPanel } from '#components/wallet/sign-in-panel.tsx';
import { WalletProvider } from '#components/wallet/wallet-provider.tsx';
import { PageFrame } from '../../_components/page-frame.tsx';
import type { PageInput } from '../../_page.ts';
import { localPath, NEXT_READ_MAX } from '../../_session.ts';
import { keepSession, lookUp, prepare, submit } from '../../actions.ts';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: PageInput) {
  const next = localPath(textOf((await searchParams).next, NEXT_READ_MAX)) ?? '/home';
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <PageFrame width="narrow">
      <SampleLinkScript nonce={nonce} />
      <PageHeader
        title="Sign in"
        lead="With a signature by your own key: no password, and the portal never holds the key. Signing in moves nothing and costs nothing."
      />
      <WalletProvider actions={{ lookUp, prepare, submit, keepSession }}>
        <SignInPanel next={next} />
      </WalletProvider>
    </PageFrame>
  );
}
