import type { Metadata } from 'next';
import { VerifyPanel } from '#components/ledger/verify-panel.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { getAnchor } from '#lib/queries/network.ts';
import { PageFrame } from '../../_components/page-frame.tsx';

export const metadata: Metadata = { title: 'Verify a receipt' };

export default async function VerifyPage() {
  const { genesisHash, validators } = await getAnchor();
  return (
    <PageFrame width="narrow">
      <PageHeader
        title="Verify a receipt"
        lead="A receipt is a small file that proves one step of the ledger. It is checked here, on your device: once this page has loaded you can turn the network off."
      />
      <VerifyPanel portalAnchor={JSON.stringify({ genesisHash, validators })} />
    </PageFrame>
  );
}
