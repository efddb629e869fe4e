'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatUtc, parseMicro } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { AGENT_METHODS, agentKeyArgs } from '#components/wallet/agent-key.ts';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import type { AgentDto } from '#lib/shared/dto.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { findAgent } from '../actions.ts';

const DAY_MS = 86_400_000;

/** Code → fingerprint → signature: the owner sees the key before allowing it. */
export function PairAgent({ address, serverTimeMs }: { address: string; serverTimeMs: number }) {
  const [code, setCode] = useState('');
  const [agent, setAgent] = useState<AgentDto>();
  const [isSearching, setIsSearching] = useState(false);
  const [sentence, setSentence] = useState<string>();
  const [paired, setPaired] = useState<string>();

  async function search() {
    setPaired(undefined);
    setSentence(undefined);
    setIsSearching(true);
    const found = await findAgent(code).catch(() => null);
    setIsSearching(false);
    setAgent(found ?? undefined);
    if (!found)
      setSentence('No agent shows this code now. Codes last a few minutes: read it again from the agent’s output.');
  }

  return (
    <Panel className="flex flex-col gap-4">
      <form
        className="flex flex-wrap items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          void search();
        }}
      >
        <Field
          label="Pairing code"
          name="code"
          value={code}
          onChange={setCode}
          maxLength={40}
          autoComplete="off"
          isMono
          className="min-w-0 flex-1 basis-56"
          description="Printed by the agent when it starts."
        />
        <Button type="submit" isPending={isSearching} className="sm:mt-6">
          Find the agent
        </Button>
      </form>
      <ProblemNote sentence={sentence} />
      {agent ? (
        <AllowKey
          key={agent.address}
          agent={agent}
          address={address}
          serverTimeMs={serverTimeMs}
          onAllowed={() => {
            setPaired(agent.label);
            setAgent(undefined);
            setCode('');
          }}
        />
      ) : null}
      {paired ? (
        <Note kind="success" isLive>
          {paired} is paired: its key stands on the ledger.
        </Note>
      ) : null}
    </Panel>
  );
}

interface AllowKeyProps {
  agent: AgentDto;
  address: string;
  serverTimeMs: number;
  onAllowed: () => void;
}

function AllowKey({ agent, address, serverTimeMs, onAllowed }: AllowKeyProps) {
  const [cap, setCap] = useState('0');
  const [days, setDays] = useState('365');
  const action = useSignedAction('AuthorizeKey', address);
  const capMicro = parseMicro(cap);
  const daysValid = /^[1-9]\d{0,3}$/.test(days.trim()) ? Number(days.trim()) : undefined;
  const expiresAtMs = daysValid === undefined ? undefined : Math.floor(serverTimeMs) + daysValid * DAY_MS;
  const args =
    capMicro === undefined || expiresAtMs === undefined
      ? undefined
      : agentKeyArgs({ keyAddress: agent.address, label: agent.label, spendingCapMicro: capMicro, expiresAtMs });
  return (
    <form
      aria-label="Allow the agent’s key"
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (args) void action.run(args).then((result) => (result.ok ? onAllowed() : undefined));
      }}
    >
      <Facts
        facts={[
          { name: 'Agent', value: <Foreign text={agent.label} /> },
          { name: 'Fingerprint of its key', value: <Id id={agent.address} what="fingerprint" isWhole /> },
          { name: 'Serves at', value: <span className="break-all">{agent.origin}</span> },
          {
            name: 'Sources',
            value:
              agent.sources.map((source) => `${isolatedText(source.title)} (${source.format})`).join(', ') || 'none',
          },
          { name: 'May sign', value: AGENT_METHODS.join(', ') },
          { name: 'For', value: 'every resource of your account' },
        ]}
      />
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
