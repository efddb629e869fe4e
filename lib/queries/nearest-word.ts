/** Mistakes that are forgiven in a word: none in a short one, where another word is as near as the one that was meant. */
function mistakesMax(length: number): number {
  if (length < 4) return 0;
  return length < 8 ? 1 : 2;
}

/**
 * Mistakes between a typed word and the beginning of another that fits it best: a letter too many, too few or wrong, or two letters in
 * each other's place, each counts one (Damerau and Levenshtein's distance, optimal string alignment).
 */
function mistakes(typed: string, word: string): number {
  const width = word.length + 1;
  let before: number[] = [];
  let last = Array.from({ length: width }, (_, column) => column);
  for (let row = 1; row <= typed.length; row += 1) {
    const next = [row];
    for (let column = 1; column < width; column += 1) {
      const isSame = typed[row - 1] === word[column - 1];
      const isSwapped = row > 1 && typed[row - 1] === word[column - 2] && typed[row - 2] === word[column - 1];
      next.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    [before, last] = [last, next];
  }
  return Math.min(...last);
}

/**
 * The word of these that a mistyped one most likely means, whole or begun; undefined when one of them begins as it was typed, and when
 * none is near. Of equally near ones that of the nearest length, then the first in the alphabet. All in lower case.
 */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const most = mistakesMax(typed.length);
  if (most === 0 || words.some((word) => word.startsWith(typed))) return undefined;
  const near = words
    .filter((word) => word.length >= typed.length - most)
    .map((word) => ({ word, mistakes: mistakes(typed, word), off: Math.abs(word.length - typed.length) }))
    .filter((found) => found.mistakes <= most)
    .toSorted(
      (left, right) => left.mistakes - right.mistakes || left.off - right.off || (left.word < right.word ? -1 : 1),
    );
  return near[0]?.word;
}
