/** How a portal stands: the height of its read model, and by how many blocks that is behind its ledger process. Null: nobody can say. */
export interface PortalStanding {
  readonly height: number | null;
  readonly blocksBehind: number | null;
}
