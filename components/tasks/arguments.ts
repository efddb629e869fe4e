/** One word, or words between double quotes. */
const WORD = /"([^"]*)"|([^\s"]+)/g;

/** What is typed as arguments, word by word: `500 "wind speed"` are two. */
export function argumentsOf(text: string): string[] {
  return [...text.matchAll(WORD)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
