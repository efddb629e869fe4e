'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Field } from '#components/ui/field.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Id } from '#components/ui/id.tsx';
import { Note } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { authorizeKeyArgs } from '#components/wallet/authorize-key.ts';
import { KEY_OFFER_LENGTH_MAX, parseKeyOffer, type KeyOffer } from '#components/wallet/key-offer.ts';
import { KeyTermsFields, useKeyTerms } from '#components/wallet/key-terms.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
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
        <AllowOffered
          key={offer.address}
          offer={offer}
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

interface AllowOfferedProps extends Pick<AllowProgramProps, 'address' | 'serverTimeMs'> {
  offer: KeyOffer;
  onAllowed: () => void;
}

function AllowOffered({ offer, address, serverTimeMs, onAllowed }: AllowOfferedProps) {
  const terms = useKeyTerms(serverTimeMs, { cap: '10', days: '30' });
  const { spendingCapMicro, expiresAtMs } = terms;
  const action = useSignedAction('AuthorizeKey', address);
  const args =
    spendingCapMicro === undefined || expiresAtMs === undefined
      ? undefined
      : authorizeKeyArgs({
          keyAddress: offer.address,
          label: offer.label,
          methods: PROGRAM_METHODS,
          resources: [],
          spendingCapMicro,
          expiresAtMs,
          proof: offer.proof,
        });
  const program = { name: 'Program', value: <Foreign text={offer.label} /> };
  return (
    <form
      aria-label="Allow the program’s key"
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (args) void action.run(args, [program]).then((result) => (result.ok ? onAllowed() : undefined));
      }}
    >
      <Facts
        facts={[
          program,
          { name: 'Fingerprint of its key', value: <Id id={offer.address} what="fingerprint" isWhole /> },
          { name: 'May sign', value: PROGRAM_METHODS.join(', ') },
          { name: 'May not', value: 'transfer tokens, allow other keys or change anything of yours' },
        ]}
      />
      <WhatItDoes method="AuthorizeKey" />
      <KeyTermsFields
        terms={terms}
        capExplained="Tokens in all, as long as the key lives. What an order may cost counts when it is granted."
      />
      <SigningNote step={action.step} sentence={action.sentence} />
      <div>
        <Button type="submit" variant="primary" isDisabled={!args} isPending={action.isPending}>
          Sign and allow this key
        </Button>
      </div>
      <ApiCall method="AuthorizeKey" args={args} />
    </form>
  );
}
