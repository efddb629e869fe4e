'use client';

import { useState } from 'react';
import { Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Note } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { AllowKeyForm } from '#components/wallet/allow-key-form.tsx';
import { KEY_OFFER_LENGTH_MAX, parseKeyOffer } from '#components/wallet/key-offer.ts';
import {
  BROKER_METHODS,
  IDENTITY_METHODS,
  KEEPER_METHODS,
  MAINTAINER_METHODS,
  PORTAL_METHODS,
  PROGRAM_METHODS,
} from '#lib/shared/agent-methods.ts';

/** What a program is for, and what its key is allowed for that. Those of brokers, maintainers and node providers pay nothing, so they need no sum. */
const WORKS = {
  buy: {
    label: 'Buy, use and end orders',
    methods: PROGRAM_METHODS,
    cap: '10',
    capExplained: 'Tokens in all, as long as the key lives. What an order may cost counts when it is granted.',
  },
  broker: {
    label: 'Work as a broker at the edge: propose plans and matches, send requests to providers',
    methods: BROKER_METHODS,
    cap: '0',
    capExplained: 'A broker’s program pays nothing: 0 is enough.',
  },
  maintainer: {
    label: 'Record what was measured of nodes, and shift cores of hosts as far as a vote lets programs',
    methods: MAINTAINER_METHODS,
    cap: '0',
    capExplained: 'A maintainer’s program pays nothing: 0 is enough.',
  },
  identity: {
    label: 'Identify accounts: offer it, and answer requests by the operator’s records',
    methods: IDENTITY_METHODS,
    cap: '0',
    capExplained: 'An identity program pays nothing: 0 is enough.',
  },
  keeper: {
    label: 'Keep validators: send their heartbeats, carry out repairs that maintainers order',
    methods: KEEPER_METHODS,
    cap: '0',
    capExplained: 'A keeper pays nothing: 0 is enough.',
  },
  portal: {
    label: 'Keep a portal: register it as a node, send its heartbeats',
    methods: PORTAL_METHODS,
    cap: '0',
    capExplained: 'A keeper pays nothing: 0 is enough.',
  },
} as const;
export type ProgramWork = keyof typeof WORKS;

export interface AllowProgramProps {
  /** Of the address; '' for none. */
  offered: string;
  /** What the account's programs may be for, by its roles; the first is chosen at first. */
  works: readonly ProgramWork[];
  address: string;
  serverTimeMs: number;
}

/** The offer that a program printed → what it may do → one signature. */
export function AllowProgram({ offered, works, address, serverTimeMs }: AllowProgramProps) {
  const [text, setText] = useState(offered);
  const [work, setWork] = useState<ProgramWork>(works[0] ?? 'buy');
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
      {works.length > 1 ? (
        <Select
          label="What the program does"
          name="work"
          value={work}
          onChange={(chosen) => setWork(works.find((known) => known === chosen) ?? 'buy')}
          options={works.map((each) => ({ value: each, label: WORKS[each].label }))}
        />
      ) : null}
      {offer && allowed === undefined ? (
        <AllowKeyForm
          key={`${offer.address} ${work}`}
          label="Allow the program’s key"
          offer={offer}
          methods={WORKS[work].methods}
          who={{ name: 'Program', value: <Foreign text={offer.label} /> }}
          facts={[{ name: 'May not', value: 'transfer tokens, allow other keys or change anything of yours' }]}
          first={{ cap: WORKS[work].cap, days: '30' }}
          capExplained={WORKS[work].capExplained}
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
