import type { ReactElement } from 'react';

/** What stands beside other things: elements, or nothing. Text comes in an element of its own, for the sake of page translators (text.tsx). */
export type Markup = ReactElement | boolean | null | undefined | readonly Markup[];
