import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import { SIGNING_WORDS, type SigningStep } from './use-signed-action.ts';

/** How far a signing action has come, or why it stopped; read out as it changes. */
export function SigningNote({ step, sentence }: { step: SigningStep; sentence: string | undefined }) {
  if (step !== 'idle') {
    return (
      <Note kind="info" isLive>
        <Text>
          {SIGNING_WORDS[step]} The ledger usually decides within a second; after ten seconds you get an answer either
          way.
        </Text>
      </Note>
    );
  }
  return <ProblemNote sentence={sentence} />;
}
