'use client';

import { sourcesInWords } from '#components/ledger/source-words.ts';
import { Button } from '#components/ui/button.tsx';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Id } from '#components/ui/id.tsx';
import { Note } from '#components/ui/note.tsx';
import { authorizeKeyArgs } from '#components/wallet/authorize-key.ts';
import { KeyTermsFields, useKeyTerms } from '#components/wallet/key-terms.tsx';
import { AGENT_METHODS } from '#lib/shared/agent-methods.ts';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import type { AgentDto } from '#lib/shared/dto.ts';

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
  const terms = useKeyTerms(serverTimeMs, { cap: '0', days: '365' });
  const { spendingCapMicro, expiresAtMs } = terms;
  const action = useSignedAction('AuthorizeKey', address);
  const args =
    spendingCapMicro === undefined || expiresAtMs === undefined
      ? undefined
      : authorizeKeyArgs({
          keyAddress: agent.address,
          label: agent.label,
          methods: AGENT_METHODS,
          resources: [],
          spendingCapMicro,
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
      <KeyTermsFields terms={terms} capExplained="Tokens in all. An agent that only serves needs none." />
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
