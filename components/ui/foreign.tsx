import { visibleText } from '#ledger/contracts/shared/foreign-text.ts';

/** Text that somebody else wrote: a name, a title, a label. Its direction stays its own, and what hides in it is marked. */
export function Foreign({ text }: { text: string }) {
  return <bdi>{visibleText(text)}</bdi>;
}

/** What stands between the marks with which a sentence of the ledger sets foreign words apart (foreign-text.ts). */
const SET_APART = /\u2068([^\u2068\u2069]*)\u2069/gu;

/** A sentence of the ledger about what somebody else wrote: words that it sets apart stay apart, and anything else that hides in it is marked. */
export function ForeignSentence({ text }: { text: string }) {
  // Every second piece is what stood between two marks.
  const pieces = text.split(SET_APART);
  return (
    <bdi>
      {pieces.map((piece, index) =>
        index % 2 === 1 ? <Foreign key={index} text={piece} /> : <span key={index}>{visibleText(piece)}</span>,
      )}
    </bdi>
  );
}
