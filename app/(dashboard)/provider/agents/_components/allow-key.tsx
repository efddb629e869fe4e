'use client';

import { useState } from 'react';
import { sourcesInWords } from '#components/ledger/source-words.ts';
import { Button } from '#components/ui/button.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Field } from '#components/ui/field.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatUtc, parseMicro } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Note } from '#components/ui/note.tsx';
import { AGENT_METHODS, agentKeyArgs } from '#components/wallet/agent-key.ts';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import type { AgentDto } from '#lib/shared/dto.ts';

const DAY_MS = 86_400_000;

/** An agent that was found by its code, and its key's offer to this account. */
export interface Offer {
  agent: AgentDto;
  /** Hex. */
  proof: string;
}

export interface AllowKeyProps {
  offer: Offer;
  address: string;
  serverTimeMs: number;
  onAllowed: () => void;
}

/** What the key may do, for how long and up to which sum, before the owner signs for it. */
export function AllowKey({ offer, address, serverTimeMs, onAllowed }: AllowKeyProps) {
  const { agent, proof } = offer;
  const [cap, setCap] = useState('0');
  const [days, setDays] = useState('365');
  const action = useSignedAction('AuthorizeKey', address);
  const capMicro = parseMicro(cap);
  const daysValid = /^[1-9]\d{0,3}$/.test(days.trim()) ? Number(days.trim()) : undefined;
  const expiresAtMs = daysValid === undefined ? undefined : Math.floor(serverTimeMs) + daysValid * DAY_MS;
  const args =
    capMicro === undefined || expiresAtMs === undefined
      ? undefined
      : agentKeyArgs({
          keyAddress: agent.address,
          label: agent.label,
          spendingCapMicro: capMicro,
          expiresAtMs,
          proof,
        });
  return (
    <form
      aria-label="Allow the agent’s key"
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (args) void action.run(args).then((result) => (result.ok ? onAllowed() : undefined));
      }}
    >
      <AgentFacts agent={agent} />
      <WhatItDoes method="AuthorizeKey" />
      <Note kind="info">
        Compare the fingerprint with the one the agent prints. Only if they are the same is it your agent.
      </Note>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="May spend at most"
          name="cap"
          value={cap}
          onChange={setCap}
          inputMode="decimal"
          error={capMicro === undefined ? 'Write an amount such as 0 or 12.50.' : undefined}
          description="Tokens in all. An agent that only serves needs none."
        />
        <Field
          label="Allowed for days"
          name="days"
          value={days}
          onChange={setDays}
          inputMode="numeric"
          error={expiresAtMs === undefined ? 'Write a whole number of days, 1 to 9999.' : undefined}
          description={expiresAtMs === undefined ? undefined : `Until ${formatUtc(expiresAtMs)}.`}
        />
      </div>
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

/** Whose key it is and what it would be allowed. */
function AgentFacts({ agent }: { agent: AgentDto }) {
  return (
    <Facts
      facts={[
        { name: 'Agent', value: <Foreign text={agent.label} /> },
        { name: 'Fingerprint of its key', value: <Id id={agent.address} what="fingerprint" isWhole /> },
        { name: 'Serves at', value: <span className="break-all">{agent.origin}</span> },
        {
          name: 'Sources',
          value: sourcesInWords(agent.sources) || 'none',
        },
        { name: 'May sign', value: AGENT_METHODS.join(', ') },
        { name: 'For', value: 'every resource of your account' },
        { name: 'Offered by its key', value: 'to your account; the ledger checks the proof' },
      ]}
    />
  );
}
