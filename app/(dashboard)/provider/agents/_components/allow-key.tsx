'use client';

import { useState } from 'react';
import { sourcesInWords } from '#components/ledger/source-words.ts';
import { Button } from '#components/ui/button.tsx';
import { DURATION_UNITS, parseDuration, typedDurationInWords } from '#components/ui/duration.ts';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatUtc, microInWords, parseMicro, TOKEN_DECIMALS } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Note } from '#components/ui/note.tsx';
import { numberProblem } from '#components/ui/number.ts';
import { agentKeyArgs } from '#components/wallet/agent-key.ts';
import { AGENT_METHODS } from '#lib/shared/agent-methods.ts';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import type { AgentDto } from '#lib/shared/dto.ts';

/** Longest time for which a key is allowed here. */
const DAYS_MAX = 9_999;

function capProblem(cap: string): string {
  return numberProblem(cap, { decimals: TOKEN_DECIMALS }) ?? 'Write an amount such as 0 or 12.50.';
}

function daysProblem(days: string): string {
  return numberProblem(days, { decimals: 0 }) ?? 'Write a whole number of days, from 1 to 9999.';
}

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
  const validMs = parseDuration(days, 'days', DAYS_MAX * DURATION_UNITS.days);
  const expiresAtMs = validMs === undefined ? undefined : Math.floor(serverTimeMs) + validMs;
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
        if (args) void action.run(args, [agentFact(agent)]).then((result) => (result.ok ? onAllowed() : undefined));
      }}
    >
      <AgentFacts agent={agent} />
      <WhatItDoes method="AuthorizeKey" />
      <Note kind="info">
        Compare the fingerprint with the one the agent prints. Only if they are the same is it your agent.
      </Note>
      <div className="grid gap-3 sm:grid-cols-2">
        <NumberField
          label="May spend at most"
          name="cap"
          value={cap}
          onChange={setCap}
          decimals={TOKEN_DECIMALS}
          inWords={microInWords}
          error={capMicro === undefined ? capProblem(cap) : undefined}
          description="Tokens in all. An agent that only serves needs none."
        />
        <NumberField
          label="Allowed for days"
          name="days"
          value={days}
          onChange={setDays}
          decimals={0}
          inWords={(count) => typedDurationInWords(count, 'days')}
          error={expiresAtMs === undefined ? daysProblem(days) : undefined}
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

function agentFact(agent: AgentDto): Fact {
  return { name: 'Agent', value: <Foreign text={agent.label} /> };
}

/** Whose key it is and what it would be allowed. */
function AgentFacts({ agent }: { agent: AgentDto }) {
  return (
    <Facts
      facts={[
        agentFact(agent),
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
