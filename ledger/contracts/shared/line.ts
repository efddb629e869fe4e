/** One line: no control character, no white space at its ends. Lengths in UTF-16 units. */
export function isLine(
  text: string,
  { lengthMin = 1, lengthMax }: { readonly lengthMin?: number; readonly lengthMax: number },
): boolean {
  return text.length >= lengthMin && text.length <= lengthMax && !/\p{Cc}/u.test(text) && text.trim() === text;
}
