'use client';

import { useState } from 'react';
import { ChoiceGroup, Select } from '#components/ui/choice.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import type { Markup } from '#components/ui/markup.ts';
import { Text } from '#components/ui/text.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { NOTICE_ANSWERS, type NoticeStatus } from '#ledger/contracts/demand/definition.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { demandLabel } from './words.ts';

type Answer = (typeof NOTICE_ANSWERS)[number];

export interface AnswerNoticeProps {
  notice: { notice: number; kind: string; status: NoticeStatus; demand: number };
  /** Published resources of the provider’s, of the kind that is asked for. */
  resources: readonly { id: number; title: string }[];
  address: string;
  /** What is needed. */
  children: Markup;
}

const ANSWER_WORDS: Readonly<Record<Answer, { readonly label: string; readonly description: string }>> = {
  'will-share': {
    label: 'I will share',
    description: 'You intend to. You can still say later that you share, or decline.',
  },
  shared: { label: 'I share it', description: 'A resource that you have published meets it: name it.' },
  declined: { label: 'I decline', description: 'The request ends; nobody is told why.' },
};

/** Answers that can still be given: who said that they will share need not say it again. Pure. */
export function answersLeft(status: NoticeStatus, resources: readonly unknown[]): Answer[] {
  return NOTICE_ANSWERS.filter((answer) => answer !== status && (answer !== 'shared' || resources.length > 0));
}

/** What is signed; undefined before all of it is chosen. Pure. */
export function answerArgs(notice: number, answer: string, resource: string): MethodArgs['AnswerNotice'] | undefined {
  if (answer === '' || (answer === 'shared' && resource === '')) return undefined;
  return { notice: BigInt(notice), answer, resource: answer === 'shared' ? BigInt(resource) : 0n };
}

/** A provider’s answer to a broker that asks it to share something. */
export function AnswerNotice({ notice, resources, address, children }: AnswerNoticeProps) {
  const [answer, setAnswer] = useState('');
  const [resource, setResource] = useState(String(resources[0]?.id ?? ''));
  const action = useSignedAction('AnswerNotice', address);
  const args = answerArgs(notice.notice, answer, resource);
  return (
    <ConfirmDialog
      trigger="Answer"
      triggerVariant="primary"
      title={`Answer the request for ${demandLabel(notice.demand)}`}
      confirm="Sign and answer"
      isPending={action.isPending}
      isIncomplete={args === undefined}
      onConfirm={async () => args !== undefined && (await action.run(args)).ok}
    >
      <WhatItDoes method="AnswerNotice" />
      {children}
      <ChoiceGroup
        legend={`A broker asks you to share ${notice.kind}.`}
        name="answer"
        value={answer}
        onChange={setAnswer}
        options={answersLeft(notice.status, resources).map((value) => ({ value, ...ANSWER_WORDS[value] }))}
      />
      {answer === 'shared' ? (
        <Select
          label="Which of your resources"
          name="answer-resource"
          value={resource}
          onChange={setResource}
          options={resources.map(({ id, title }) => ({
            value: String(id),
            label: `${isolatedText(title)} (${resourceLabel(id)})`,
          }))}
        />
      ) : null}
      {resources.length > 0 ? null : (
        <p className="text-muted">
          <Text>{`You share nothing of the kind ${notice.kind} now: publish it first, then answer that you share it.`}</Text>
        </p>
      )}
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="AnswerNotice" args={args} />
    </ConfirmDialog>
  );
}
