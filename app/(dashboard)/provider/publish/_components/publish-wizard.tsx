'use client';

import { useEffect, useRef, useState } from 'react';
import { ConditionsStep } from '#components/strategy/conditions-step.tsx';
import { PriceStep } from '#components/strategy/price-step.tsx';
import { parseTerms, type TermErrors } from '#components/strategy/terms.ts';
import { parseWords, type WordErrors } from '#components/strategy/words.ts';
import { Button } from '#components/ui/button.tsx';
import { DraftNewsNote } from '#components/ui/note.tsx';
import { useFirstWrongField } from '#components/ui/first-wrong-field.ts';
import { Stepper } from '#components/ui/stepper.tsx';
import type { AgentDto } from '#lib/shared/dto.ts';
import { findAccounts } from '../../actions.ts';
import { BasicsStep } from './basics-step.tsx';
import { PreviewStep } from './preview-step.tsx';
import { SignStep, type SignStepProps } from './sign-step.tsx';
import { TestStep, ExpiredNote, useTestExpiry } from './test-step.tsx';
import { usePublication, type Publication } from './use-publication.ts';

const STEPS = ['Basics', 'Test', 'Conditions', 'Price', 'Preview', 'Sign'] as const;

/** Fields that belong to the price step, so that an error is shown where it can be put right. */
const PRICE_FIELDS = new Set<string>(['prices', 'promise'] satisfies (keyof TermErrors)[]);

export interface PublishWizardProps {
  address: string;
  agents: readonly AgentDto[];
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
  serverTimeMs: number;
  /** How old a test may be for the ledger; undefined where the network does not say. */
  testAgeMsMax: number | undefined;
}

/** Basics → Test → Conditions → Price → Preview → Sign. Nothing typed is lost by going back, by a reload, or in another tab: neither step nor test. */
export function PublishWizard(props: PublishWizardProps) {
  const publication = usePublication(props.address, props.agents);
  const { words, changeWords, kind, strategy, changeStrategy, test, published } = publication;
  const expiry = useTestExpiry(test, { ageMsMax: props.testAgeMsMax, serverTimeMs: props.serverTimeMs });
  /** Steps that were left while something was wrong: from then on their errors show as one types. */
  const [tried, setTried] = useState<ReadonlySet<number>>(new Set());
  const heading = useRef<HTMLHeadingElement>(null);
  const { form, focusFirstWrong } = useFirstWrongField<HTMLDivElement>();
  const { parsedWords, parsedTerms, step, isComplete } = stepsOf(publication, expiry?.isOver === true);
  const wordErrors: WordErrors = tried.has(0) && !parsedWords.ok ? parsedWords.errors : {};
  const termErrors: TermErrors = tried.has(step) && !parsedTerms.ok ? parsedTerms.errors : {};

  useEffect(() => heading.current?.focus(), [step]);

  function goOn() {
    setTried(new Set([...tried, step]));
    if (isComplete) publication.goTo(step + 1);
    else focusFirstWrong();
  }

  return (
    <div ref={form}>
      <Stepper steps={STEPS} current={step} />
      <DraftNewsNote news={publication.news} />
      {expiry?.isOver && step > 1 ? <ExpiredNote {...expiry} onTestAgain={() => publication.goTo(1)} /> : null}
      <h2 ref={heading} tabIndex={-1} className="mb-3 outline-none">
        {STEPS[step]}
      </h2>
      {step === 0 ? (
        <BasicsStep draft={words} onChange={changeWords} errors={wordErrors} agents={props.agents} />
      ) : null}
      {step === 1 ? (
        <TestStep
          key={words.source}
          source={words.source}
          agents={props.agents}
          publication={publication}
          expiry={expiry}
        />
      ) : null}
      {step === 2 && test ? (
        <ConditionsStep
          draft={strategy}
          onChange={changeStrategy}
          errors={termErrors}
          kind={kind}
          attributes={test.attributes}
          purposes={props.purposes}
          fieldsOfBusiness={props.fieldsOfBusiness}
          findAccounts={findAccounts}
        />
      ) : null}
      {step === 3 ? <PriceStep draft={strategy} onChange={changeStrategy} errors={termErrors} kind={kind} /> : null}
      {step >= 4 && test && parsedWords.ok && parsedTerms.ok ? (
        <LastSteps
          {...props}
          isSigning={step === 5}
          words={parsedWords.words}
          terms={parsedTerms.terms}
          test={test}
          isExpired={expiry?.isOver === true}
          onTestAgain={() => publication.goTo(1)}
          onPublished={published}
        />
      ) : null}
      <WizardButtons
        step={step}
        canGoOn={step !== 1 || isComplete}
        onBack={() => publication.goTo(step - 1)}
        onNext={goOn}
      />
    </div>
  );
}

/** The step that can be shown, and what stands in its way to the next. */
function stepsOf({ words, kind, strategy, test, isConfirmed, step: wanted }: Publication, isExpired: boolean) {
  const parsedWords = parseWords(words);
  const parsedTerms = parseTerms(kind, strategy, test?.attributes);
  const wrongTerms = parsedTerms.ok ? [] : Object.keys(parsedTerms.errors);
  /** The first step that is not complete: what it lacks, in this tab or since another one changed it, is put right there. */
  const incomplete = [
    parsedWords.ok,
    isConfirmed,
    wrongTerms.every((name) => PRICE_FIELDS.has(name)),
    wrongTerms.length === 0,
  ].indexOf(false);
  const step = incomplete === -1 ? wanted : Math.min(wanted, incomplete);
  const isComplete = step !== incomplete && !(step === 1 && isExpired);
  return { parsedWords, parsedTerms, step, isComplete };
}

interface LastStepsProps extends SignStepProps {
  isSigning: boolean;
  serverTimeMs: number;
}

function LastSteps({ isSigning, serverTimeMs, ...step }: LastStepsProps) {
  if (isSigning) return <SignStep {...step} />;
  return <PreviewStep words={step.words} terms={step.terms} test={step.test} nowMs={serverTimeMs} />;
}

interface WizardButtonsProps {
  step: number;
  canGoOn: boolean;
  onBack: () => void;
  onNext: () => void;
}

function WizardButtons({ step, canGoOn, onBack, onNext }: WizardButtonsProps) {
  const next = STEPS[step + 1];
  return (
    <div className="mt-5 flex gap-2 border-t border-separator pt-4">
      {step > 0 ? <Button onPress={onBack}>Back</Button> : null}
      {next ? (
        <Button variant="primary" isDisabled={!canGoOn} onPress={onNext}>
          {`Next: ${next}`}
        </Button>
      ) : null}
    </div>
  );
}
