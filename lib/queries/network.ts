import 'server-only';
import type { ConsensusStripDto, NetworkDto } from '#lib/shared/dto.ts';

/** `anchor.json` as a browser pins it; hex. */
export interface AnchorDto {
  genesisHash: string;
  validators: string[];
}

export async function getNetwork(): Promise<NetworkDto> {
  throw new Error('getNetwork is not written yet');
}

export async function getParameters(): Promise<Record<string, string>> {
  throw new Error('getParameters is not written yet');
}

export async function getConsensusStrip(): Promise<ConsensusStripDto> {
  throw new Error('getConsensusStrip is not written yet');
}

export async function getAnchor(): Promise<AnchorDto> {
  throw new Error('getAnchor is not written yet');
}

export async function waitForHeight(height: number): Promise<boolean> {
  void height;
  throw new Error('waitForHeight is not written yet');
}
