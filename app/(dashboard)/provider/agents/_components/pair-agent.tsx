'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Deadline } from '#components/ui/deadline.tsx';
import { Field } from '#components/ui/field.tsx';
import { useFollowedJob, type FollowedJob } from '#components/ui/follow-job.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatUtc } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { whyNoAnswer } from '#components/ui/portal-version.ts';
import { Text } from '#components/ui/text.tsx';
import type { BrokenPairingDto } from '#lib/shared/dto.ts';
import { askProof, findAgent, readProof } from '../actions.ts';
import { AllowKey, type Offer } from './allow-key.tsx';

const NO_ANSWER =
  'The agent did not answer in time. See that it runs and reaches the portal, then read its newest code and try again.';

interface Pairing {
  offer: Offer | undefined;
  /** The code is looked up, or its agent is waited for. */
  isBusy: boolean;
  waiting: FollowedJob<unknown>['waiting'];
  giveUp: () => void;
  sentence: string | undefined;
  search: (code: string) => Promise<void>;
  /** The offer was taken. */
  close: () => void;
}

/** Finds the agent that shows a code, then has it offer its key to the account that is signed in. */
function usePairing(): Pairing {
  const [offer, setOffer] = useState<Offer>();
  const [isSearching, setIsSearching] = useState(false);
  const [fault, setFault] = useState<string>();
  const { waiting, sentence, run, giveUp } = useFollowedJob<{ proof: string }>();

  async function search(code: string) {
    setFault(undefined);
    setOffer(undefined);
    setIsSearching(true);
    const agent = await findAgent(code).catch(() => undefined);
    setIsSearching(false);
    if (agent === undefined) {
      setFault(await whyNoAnswer('The portal did not answer: look for the agent again.'));
      return;
    }
    if (!agent) {
      setFault('No agent shows this code now. Codes last a few minutes: read it again from the agent’s output.');
      return;
    }
    const proved = await run({ begin: () => askProof(code), read: (job) => readProof(job), silent: NO_ANSWER });
    if (proved) setOffer({ agent, proof: proved.proof });
  }
  return {
    offer,
    isBusy: isSearching || waiting !== undefined,
    waiting,
    giveUp,
    sentence: fault ?? sentence,
    search,
    close: () => setOffer(undefined),
  };
}

interface BrokenPairingsProps {
  broken: readonly BrokenPairingDto[];
  isBusy: boolean;
  onPair: (code: string) => void;
}

/** Agents that were this account's: what broke, and the code by which each offers itself anew. */
function BrokenPairings({ broken, isBusy, onPair }: BrokenPairingsProps) {
  if (broken.length === 0) return null;
  return (
    <ul aria-label="Agents to pair again" className="divide-y divide-separator rounded-md border border-border">
      {broken.map((agent) => (
        <li key={agent.address} className="flex flex-wrap items-start justify-between gap-3 px-3 py-2">
          <div className="min-w-0 max-w-prose text-sm">
            <p className="font-medium">
              <Foreign text={agent.label} />
            </p>
            {agent.why === 'expired' ? (
              <p>
                <Text>{`Its key ${agent.key} ran out on ${formatUtc(agent.expiredAtMs)}: it can sign nothing. Revoke the key below; the agent then offers itself by a new code, which stands here.`}</Text>
              </p>
            ) : (
              <p>
                <Text>{`Its key ${agent.key} was revoked. It offers itself anew by the code`}</Text>{' '}
                <span className="font-mono">{agent.code}</span>
                <Text>{`, until ${formatUtc(agent.codeExpiresAtMs)}. Pair it only if you still trust its machine. It is a new node of the register then, and what it shared is published anew.`}</Text>
              </p>
            )}
          </div>
          {agent.why === 'revoked' ? (
            <Button isDisabled={isBusy} onPress={() => onPair(agent.code)}>
              Pair it again
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

export interface PairAgentProps {
  address: string;
  serverTimeMs: number;
  broken: readonly BrokenPairingDto[];
}

/** Code → the agent's own offer of its key → fingerprint → signature: nobody allows a key that was not offered to them. */
export function PairAgent({ address, serverTimeMs, broken }: PairAgentProps) {
  const [code, setCode] = useState('');
  const [paired, setPaired] = useState<string>();
  const { offer, isBusy, waiting, giveUp, sentence, search, close } = usePairing();

  return (
    <Panel className="flex flex-col gap-4">
      <BrokenPairings
        broken={broken}
        isBusy={isBusy}
        onPair={(offered) => {
          setPaired(undefined);
          setCode(offered);
          void search(offered);
        }}
      />
      <form
        className="flex flex-wrap items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          setPaired(undefined);
          void search(code);
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
        <Button type="submit" isPending={isBusy} className="sm:mt-6">
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
      <ProblemNote sentence={sentence} />
      {offer ? (
        <AllowKey
          key={offer.agent.address}
          offer={offer}
          address={address}
          serverTimeMs={serverTimeMs}
          onAllowed={() => {
            setPaired(offer.agent.label);
            close();
            setCode('');
          }}
        />
      ) : null}
      {paired === undefined ? null : (
        <Note kind="success" isLive>
          <Foreign text={paired} /> <span>is paired: its key stands on the ledger.</span>
        </Note>
      )}
    </Panel>
  );
}
