'use client';

import { sourcesInWords } from '#components/ledger/source-words.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { AllowKeyForm } from '#components/wallet/allow-key-form.tsx';
import { AGENT_METHODS } from '#lib/shared/agent-methods.ts';
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

/** Whose key it is and what it would be allowed, before the owner signs for it. */
export function AllowKey({ offer: { agent, proof }, ...rest }: AllowKeyProps) {
  return (
    <AllowKeyForm
      label="Allow the agent’s key"
      offer={{ address: agent.address, label: agent.label, proof }}
      methods={AGENT_METHODS}
      who={{ name: 'Agent', value: <Foreign text={agent.label} /> }}
      facts={[
        { name: 'Serves at', value: <span className="break-all">{agent.origin}</span> },
        { name: 'Sources', value: sourcesInWords(agent.sources) || 'none' },
        { name: 'For', value: 'every resource of your account' },
        { name: 'Offered by its key', value: 'to your account; the ledger checks the proof' },
      ]}
      note="Compare the fingerprint with the one the agent prints. Only if they are the same is it your agent."
      first={{ cap: '0', days: '365' }}
      capExplained="Tokens in all. An agent that only serves needs none."
      {...rest}
    />
  );
}
