import type { Metadata } from 'next';
import { RequestForm, type RequestFormProps } from '#components/demand/request-form.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { hrefWith, idOf, textOf } from '#components/ui/pager.tsx';
import { parameterDefinition } from '#ledger/contracts/definitions.ts';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import { getAnchor, getParameters } from '#lib/queries/network.ts';
import { getPlaces } from '#lib/queries/places.ts';
import { getWallet } from '#lib/queries/wallet.ts';
import type { PageInput } from '../../../../_page.ts';
import { withAccount } from '../../../../_session.ts';
import { refusalOf } from './actions.ts';

export const metadata: Metadata = { title: 'New request' };

const NAMES = ['from', 'need', 'what', 'name', 'to', 'sample'] as const;
/** Longest value of the address that any field takes. */
const VALUE_LENGTH_MAX = 128;

type Asked = Readonly<Record<(typeof NAMES)[number], string | undefined>>;

/** What the form begins with, as the address says it. */
function beginOf({ from, need, what, name, to, sample }: Asked): RequestFormProps['begin'] {
  const demand = idOf(from ?? '');
  if (demand === undefined) return sample === undefined ? { as: 'left' } : { as: 'sample' };
  if (what === undefined) return { as: 'again', demand, relax: undefined };
  return { as: 'again', demand, relax: { need: idOf(need ?? '') ?? 0, what, name: name ?? '', to: to ?? '' } };
}

export default async function NewRequestPage({ searchParams }: PageInput) {
  const query = await searchParams;
  const asked = Object.fromEntries(NAMES.map((name) => [name, textOf(query[name], VALUE_LENGTH_MAX)])) as Asked;
  const session = await withAccount(hrefWith('/customer/requests/new', asked, {}));
  const [anchor, wallet, places, parameters] = await Promise.all([
    getAnchor(),
    getWallet(1),
    getPlaces(),
    getParameters(),
  ]);
  return (
    <>
      <PageHeader
        title="New request"
        lead="What you need, for how long, and what it may cost at most. The ledger makes plans of what is on offer; nothing is bought and no money is held before you choose one, unless you let a request for one kind be matched and bought by itself."
      />
      <RequestForm
        address={session.address}
        network={anchor.genesisHash}
        purposes={PURPOSES}
        fieldsOfBusiness={FIELDS_OF_BUSINESS}
        balanceMicro={wallet?.balanceMicro ?? '0'}
        places={places}
        epochMs={Number(parameters.epochMs ?? parameterDefinition('epochMs').initial)}
        begin={beginOf(asked)}
        refusalOf={refusalOf}
      />
    </>
  );
}
