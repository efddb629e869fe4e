import type { Metadata } from 'next';
import { AssetList } from '#components/demand/asset-list.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Assets' };

export default async function AssetsPage() {
  const session = await withAccount('/customer/assets');
  return (
    <>
      <PageHeader
        title="Assets"
        lead="Programs and inputs that you chose for requests. They lie in this browser alone, as they are: the portal has none of them, and another browser shows its own."
      />
      <AssetList address={session.address} />
    </>
  );
}
