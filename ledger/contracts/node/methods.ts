/** Contract id of `node`. It has no methods of its own: governance proposes, votes and evidence bring its events about. */
export const NODE = 8;
