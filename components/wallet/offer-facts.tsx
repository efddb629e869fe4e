import { toHex } from '#ledger/core/bytes.ts';
import { Facts } from '#components/ui/facts.tsx';
import { accountLabel } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import type { ValidatorOffer } from './validator-offer.ts';

/** What is about to be proposed, read back before it is signed. */
export function OfferFacts({ offer }: { offer: ValidatorOffer }) {
  return (
    <Facts
      facts={[
        { name: 'Operator', value: accountLabel(offer.operator.toString()) },
        { name: 'Consensus key', value: <Id id={toHex(offer.publicKey)} what="consensus key" /> },
        { name: 'Proof', value: 'enclosed; the ledger checks it' },
      ]}
    />
  );
}
