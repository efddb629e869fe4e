/** What nobody sees and what turns the text around it: bidirectional controls, zero-width characters, control characters but the line feed. */
const UNSEEN = /[\p{Bidi_Control}\u00AD\u180E\u200B\u2060-\u2064\uFEFF\uFFF9-\uFFFB]|(?!\n)\p{Cc}/gu;
/** Joiners belong into words of scripts that need them, and into emoji; beside ASCII they only make two names look like one. */
const STRAY_JOINER = /(?<![^\p{ASCII}])[\u200C\u200D]|[\u200C\u200D](?![^\p{ASCII}])/gu;
const MARK = '\uFFFD';
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';

/** Text that somebody else wrote, with a mark in place of each character that could mislead who reads it. */
export function visibleText(text: string): string {
  return text.replaceAll(UNSEEN, MARK).replaceAll(STRAY_JOINER, MARK);
}

/** The same for the middle of a sentence: its direction turns nothing around it. */
export function isolatedText(text: string): string {
  return `${FIRST_STRONG_ISOLATE}${visibleText(text)}${POP_DIRECTIONAL_ISOLATE}`;
}
