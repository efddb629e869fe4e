'use client';

import { useState } from 'react';
import { whyNoAnswer } from '#components/ui/portal-version.ts';
import type { Act } from './act.ts';

export interface Acting<Input> {
  isBusy: boolean;
  sentence: string | undefined;
  /** True when it was done. */
  run: (input: Input) => Promise<boolean>;
}

/** Runs one action and keeps why it failed beside its form. */
export function useAct<Input>(act: Act<Input>): Acting<Input> {
  const [isBusy, setIsBusy] = useState(false);
  const [sentence, setSentence] = useState<string>();
  async function run(input: Input): Promise<boolean> {
    setIsBusy(true);
    setSentence(undefined);
    try {
      const acted = await act(input);
      setSentence(acted.ok ? undefined : acted.sentence);
      return acted.ok;
    } catch {
      setSentence(await whyNoAnswer('The portal did not answer: try again.'));
      return false;
    } finally {
      setIsBusy(false);
    }
  }
  return { isBusy, sentence, run };
}
