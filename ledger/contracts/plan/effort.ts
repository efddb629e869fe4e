/** Steps that the search for one plan may still take; spent in the same places everywhere, so that every validator stops at the same one. */
export interface Effort {
  left: number;
}
