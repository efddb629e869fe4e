'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Deadline } from '#components/ui/deadline.tsx';
import { Field } from '#components/ui/field.tsx';
import { useFollowedJob, type FollowedJob } from '#components/ui/follow-job.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { whyNoAnswer } from '#components/ui/portal-version.ts';
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

/** Code → the agent's own offer of its key → fingerprint → signature: nobody allows a key that was not offered to them. */
export function PairAgent({ address, serverTimeMs }: { address: string; serverTimeMs: number }) {
  const [code, setCode] = useState('');
  const [paired, setPaired] = useState<string>();
  const { offer, isBusy, waiting, giveUp, sentence, search, close } = usePairing();

  return (
    <Panel className="flex flex-col gap-4">
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
