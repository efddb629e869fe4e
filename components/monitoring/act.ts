/** What came of something that a person asked for on these pages: done, or why not in a sentence. */
export type Acted = { readonly ok: true } | { readonly ok: false; readonly sentence: string };

/** A server action of these pages; it reads what it is given by the shapes of the commands. */
export type Act<Input> = (input: Input) => Promise<Acted>;
