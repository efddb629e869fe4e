import type { Status } from '#ledger/consensus/catch-up.ts';
import { textOfMessage } from '#ledger/consensus/text.ts';
import type { Message } from '#ledger/consensus/early.ts';
import type { Block, DecidedBlock } from './chain.ts';

/** What travels between nodes. A proposal travels with its content. */
export type Packet =
  | { readonly kind: 'message'; readonly message: Message; readonly block?: Block }
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'blocks'; readonly decided: readonly DecidedBlock[] }
  | { readonly kind: 'items'; readonly items: readonly number[] };

/** A packet in a few words, for traces. */
export function textOfPacket(packet: Packet): string {
  switch (packet.kind) {
    case 'message':
      return textOfMessage(packet.message);
    case 'status':
      return `status ${packet.status.height}/${packet.status.round}`;
    case 'blocks':
      return `blocks ${packet.decided.map(({ block }) => block.height).join(' ')}`;
    case 'items':
      return `items ${packet.items.join(' ')}`;
  }
}
