'use client';

import { useEffect, useRef, useState } from 'react';
import { ConditionsStep } from '#components/strategy/conditions-step.tsx';
import { PriceStep } from '#components/strategy/price-step.tsx';
import { parseTerms, type TermErrors } from '#components/strategy/terms.ts';
import { parseWords, type WordErrors } from '#components/strategy/words.ts';
import { Button } from '#components/ui/button.tsx';
import { useFirstWrongField } from '#components/ui/first-wrong-field.ts';
import { Stepper } from '#components/ui/stepper.tsx';
import type { AgentDto } from '#lib/shared/dto.ts';
import { BasicsStep } from './basics-step.tsx';
import { PreviewStep } from './preview-step.tsx';
import { SignStep, type SignStepProps } from './sign-step.tsx';
import { TestStep } from './test-step.tsx';
import { usePublication } from './use-publication.ts';

const STEPS = ['Basics', 'Test', 'Conditions', 'Price', 'Preview', 'Sign'] as const;

/** Fields that belong to the price step, so that an error is shown where it can be put right. */
const PRICE_FIELDS = new Set<string>(['prices', 'promise'] satisfies (keyof TermErrors)[]);

export interface PublishWizardProps {
  address: string;
  agents: readonly AgentDto[];
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
  serverTimeMs: number;
}

/** Basics → Test → Conditions → Price → Preview → Sign. Nothing typed is lost by going back or by a reload; the test is run again then. */
export function PublishWizard(props: PublishWizardProps) {
  const [step, setStep] = useState(0);
  const publication = usePublication(props.address, props.agents);
  const { words, changeWords, kind, strategy, changeStrategy, test, published } = publication;
  /** Steps that were left while something was wrong: from then on their errors show as one types. */
  const [tried, setTried] = useState<ReadonlySet<number>>(new Set());
  const heading = useRef<HTMLHeadingElement>(null);
  const { form, focusFirstWrong } = useFirstWrongField<HTMLDivElement>();
  const parsedWords = parseWords(words);
  const parsedTerms = parseTerms(kind, strategy);
  const wordErrors: WordErrors = tried.has(0) && !parsedWords.ok ? parsedWords.errors : {};
  const termErrors: TermErrors = tried.has(step) && !parsedTerms.ok ? parsedTerms.errors : {};

  useEffect(() => heading.current?.focus(), [step]);

  /** Whether the step on screen is complete; its errors are shown from now on. */
  function isComplete(): boolean {
    setTried(new Set([...tried, step]));
    if (step === 0) return parsedWords.ok;
    if (step === 1) return publication.isConfirmed;
    const errors = parsedTerms.ok ? {} : parsedTerms.errors;
    return !Object.keys(errors).some((name) => PRICE_FIELDS.has(name) === (step === 3));
  }

  function goOn() {
    if (isComplete()) setStep(step + 1);
    else focusFirstWrong();
  }

  return (
    <div ref={form}>
      <Stepper steps={STEPS} current={step} />
      <h2 ref={heading} tabIndex={-1} className="mb-3 outline-none">
        {STEPS[step]}
      </h2>
      {step === 0 ? (
        <BasicsStep draft={words} onChange={changeWords} errors={wordErrors} agents={props.agents} />
      ) : null}
      {step === 1 ? (
        <TestStep key={words.source} source={words.source} agents={props.agents} publication={publication} />
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
          onTestAgain={() => setStep(1)}
          onPublished={published}
        />
      ) : null}
      <WizardButtons
        step={step}
        canGoOn={step !== 1 || publication.isConfirmed}
        onBack={() => setStep(step - 1)}
        onNext={goOn}
      />
    </div>
  );
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
