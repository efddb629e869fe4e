'use client';

import { ChoiceGroup } from '#components/ui/choice.tsx';
import { everyInWords, sentenceCase } from '#components/ui/format.ts';
import { ProblemNote } from '#components/ui/note.tsx';
import { EncryptionKeySetup } from '#components/wallet/encryption-key-setup.tsx';
import type { EncryptionKeyOfDevice } from '#components/wallet/use-encryption-key.ts';
import { publicKeyOf } from '#components/wallet/encryption-key.ts';
import { isMatched } from './draft.ts';
import type { DraftFieldsProps } from './program-fields.tsx';

export interface BuyingFieldProps extends DraftFieldsProps {
  address: string;
  epochMs: number;
  encryption: EncryptionKeyOfDevice;
}

/** Plans to choose from, or a match that buys by itself; where it can be either. */
export function BuyingField({ draft, onChange, errors, address, epochMs, encryption }: BuyingFieldProps) {
  const { device, fault, refresh } = encryption;
  const isKeyMissing = isMatched(draft) && device !== undefined && publicKeyOf(device) === undefined;
  return (
    <div className="flex flex-col gap-3">
      <ChoiceGroup
        legend="How do you want to buy it?"
        name="buying"
        value={draft.buying}
        onChange={(buying) => onChange({ ...draft, buying: buying === 'match' ? 'match' : 'plans' })}
        error={errors.buying}
        layout="cards"
        options={[
          {
            value: 'plans',
            label: 'Show me plans',
            description: 'Priced plans within a few seconds. Nothing is bought before you choose one.',
          },
          {
            value: 'match',
            label: 'Match me with others, and buy it by itself',
            description: `${sentenceCase(everyInWords(epochMs))} all who wait are matched together, at the least cost for all; nobody gains by being first. What is found is bought at once, within your budget, without asking you again.`,
          },
        ]}
      />
      {isKeyMissing ? <EncryptionKeySetup address={address} device={device} onReady={refresh} /> : null}
      <ProblemNote sentence={isMatched(draft) ? fault : undefined} />
    </div>
  );
}
