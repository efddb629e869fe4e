'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Deadline } from '#components/ui/deadline.tsx';
import { Field } from '#components/ui/field.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { useFollowedJob } from '#components/ui/follow-job.ts';
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
import { sourcesInWords } from '#components/ledger/source-words.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { askProof, findAgent, readProof } from '../actions.ts';

const DAY_MS = 86_400_000;

/** An agent that was found by its code, and its key's offer to this account. */
interface Offer {
  agent: AgentDto;
  /** Hex. */
  proof: string;
}

const NO_ANSWER =
  'The agent did not answer in time. See that it runs and reaches the portal, then read its newest code and try again.';

/** Code → the agent's own offer of its key → fingerprint → signature: nobody allows a key that was not offered to them. */
export function PairAgent({ address, serverTimeMs }: { address: string; serverTimeMs: number }) {
  const [code, setCode] = useState('');
  const [offer, setOffer] = useState<Offer>();
  const [isSearching, setIsSearching] = useState(false);
  const [fault, setFault] = useState<string>();
  const [paired, setPaired] = useState<string>();
  const { waiting, sentence, run, giveUp } = useFollowedJob<{ proof: string }>();

  async function search() {
    setPaired(undefined);
    setFault(undefined);
    setOffer(undefined);
    setIsSearching(true);
    const agent = await findAgent(code).catch(() => null);
    setIsSearching(false);
    if (!agent) {
      setFault('No agent shows this code now. Codes last a few minutes: read it again from the agent’s output.');
      return;
    }
    const proved = await run({ begin: () => askProof(code), read: (job) => readProof(job), silent: NO_ANSWER });
    if (proved) setOffer({ agent, proof: proved.proof });
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
        <Button type="submit" isPending={isSearching || waiting !== undefined} className="sm:mt-6">
          Find the agent
        </Button>
      </form>
      {waiting ? (
        <>
          <Deadline what="The agent is asked to offer its key to your account…" {...waiting} />
          <div>
            <Button onPress={giveUp}>Stop waiting</Button>
          </div>
        </>
      ) : null}
      <ProblemNote sentence={fault ?? sentence} />
      {offer ? (
        <AllowKey
          key={offer.agent.address}
          offer={offer}
          address={address}
          serverTimeMs={serverTimeMs}
          onAllowed={() => {
            setPaired(offer.agent.label);
            setOffer(undefined);
            setCode('');
          }}
        />
      ) : null}
      {paired === undefined ? null : (
        <Note kind="success" isLive>
          <Foreign text={paired} /> is paired: its key stands on the ledger.
        </Note>
      )}
    </Panel>
  );
}

interface AllowKeyProps {
  offer: Offer;
  address: string;
  serverTimeMs: number;
  onAllowed: () => void;
}

function AllowKey({ offer, address, serverTimeMs, onAllowed }: AllowKeyProps) {
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
