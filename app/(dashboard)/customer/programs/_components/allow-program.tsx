'use client';

import { useState } from 'react';
import { Field } from '#components/ui/field.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Note } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { AllowKeyForm } from '#components/wallet/allow-key-form.tsx';
import { KEY_OFFER_LENGTH_MAX, parseKeyOffer } from '#components/wallet/key-offer.ts';
import { PROGRAM_METHODS } from '#lib/shared/agent-methods.ts';

export interface AllowProgramProps {
  /** Of the address; '' for none. */
  offered: string;
  address: string;
  serverTimeMs: number;
}

/** The offer that a program printed → what it may do → one signature. */
export function AllowProgram({ offered, address, serverTimeMs }: AllowProgramProps) {
  const [text, setText] = useState(offered);
  const [allowed, setAllowed] = useState<string>();
  const offer = parseKeyOffer(text);
  return (
    <Panel className="flex flex-col gap-4">
      <Field
        label="Offer of the program’s key"
        name="offer"
        value={text}
        onChange={(value) => {
          setText(value);
          setAllowed(undefined);
        }}
        maxLength={KEY_OFFER_LENGTH_MAX}
        autoComplete="off"
        isMono
        description="Printed by the program at its first start: three parts with dots between them."
        error={
          text.trim() !== '' && !offer ? 'This is no whole offer: copy the line again, from end to end.' : undefined
        }
      />
      {offer && allowed === undefined ? (
        <AllowKeyForm
          key={offer.address}
          label="Allow the program’s key"
          offer={offer}
          methods={PROGRAM_METHODS}
          who={{ name: 'Program', value: <Foreign text={offer.label} /> }}
          facts={[{ name: 'May not', value: 'transfer tokens, allow other keys or change anything of yours' }]}
          first={{ cap: '10', days: '30' }}
          capExplained="Tokens in all, as long as the key lives. What an order may cost counts when it is granted."
          address={address}
          serverTimeMs={serverTimeMs}
          onAllowed={() => setAllowed(offer.label)}
        />
      ) : null}
      {allowed === undefined ? null : (
        <Note kind="success" isLive>
          <Foreign text={allowed} /> <span>may act for your account now; it goes on by itself.</span>
        </Note>
      )}
    </Panel>
  );
}
