import { visibleText } from '#ledger/contracts/shared/foreign-text.ts';

/** Text that somebody else wrote: a name, a title, a label. Its direction stays its own, and what hides in it is marked. */
export function Foreign({ text }: { text: string }) {
  return <bdi>{visibleText(text)}</bdi>;
}
