'use client';

import { useState } from 'react';
import { kindOf } from '#components/kinds/kinds.ts';
import { Deadline } from '#components/ui/deadline.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { useFollowedJob } from '#components/ui/follow-job.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import type { TestResult } from '#lib/queries/test-result.ts';
import type { ResourceSummary } from '#lib/shared/dto.ts';
import { readTest, startTest } from '../../actions.ts';

type DoneTest = Extract<TestResult, { state: 'done' }>;

/** A source of a paired agent. */
export interface TestedAt {
  agent: string;
  sourceId: string;
}

const NO_ANSWER =
  'The agent did not answer in time, so the resource stays suspended: see that the agent runs and is heard from, then try again.';

export interface ResumeProps {
  resource: Pick<ResourceSummary, 'id' | 'title' | 'kind' | 'attributes'>;
  source: TestedAt | undefined;
  address: string;
}

/** The agent tests the source first: what it would suspend again at once is not put back, and the answer says why. */
export function Resume({ resource, source, address }: ResumeProps) {
  const action = useSignedAction('ResumeResource', address);
  const { waiting, sentence, run, giveUp } = useFollowedJob<DoneTest>();
  const [changes, setChanges] = useState<readonly string[]>([]);
  const args = { resource: BigInt(resource.id) };

  async function testAndResume() {
    setChanges([]);
    const tested = await run({
      begin: () => startTest(source),
      read: (job) => readTest(job),
      silent: NO_ANSWER,
    });
    if (tested === undefined) return false;
    const found = kindOf(resource.kind).ledger.changes(tested.attributes, resource.attributes);
    setChanges(found);
    return found.length === 0 && (await action.run(args)).ok;
  }
  return (
    <ConfirmDialog
      trigger="Resume"
      title={`Resume ${isolatedText(resource.title)}?`}
      confirm="Test, sign and resume"
      isPending={waiting !== undefined || action.isPending}
      isIncomplete={source === undefined}
      onConfirm={testAndResume}
      onCancel={giveUp}
    >
      <WhatItDoes method="ResumeResource" />
      <p>
        Your agent reads the source first. When it is as it was published, you sign, and customers can apply again under
        the strategy in force.
      </p>
      {source ? null : (
        <Note kind="warning" title="No agent of yours offers this source">
          Start the agent that serves it, with the source in its configuration, or pair it again.
        </Note>
      )}
      {waiting ? <Deadline what="The agent reads the source…" {...waiting} /> : null}
      <ProblemNote title="The source does not pass the test" sentence={sentence} />
      <Changes changes={changes} />
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="ResumeResource" args={args} />
    </ConfirmDialog>
  );
}

function Changes({ changes }: { changes: readonly string[] }) {
  if (changes.length === 0) return null;
  return (
    <Note kind="problem" title="The source is not what was published" isLive>
      <ul className="list-disc ps-4">
        {changes.map((change) => (
          <li key={change}>{isolatedText(change)}</li>
        ))}
      </ul>
      <p className="mt-1">
        It stays suspended. Bring the source back to what was published, or retire the resource and publish it anew.
      </p>
    </Note>
  );
}
