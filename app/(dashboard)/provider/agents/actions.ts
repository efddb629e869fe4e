'use server';

import { findAgentByCode } from '#lib/commands/find-agent-by-code.ts';
import { requestProof } from '#lib/commands/request-proof.ts';
import { getPairingProof, type PairingProof } from '#lib/queries/pairing-proof.ts';
import type { AgentDto } from '#lib/shared/dto.ts';

const CODE_LENGTH_MAX = 40;
const JOB_LENGTH_MAX = 80;

function codeOf(code: unknown): string | undefined {
  return typeof code === 'string' && code.trim() !== '' && code.length <= CODE_LENGTH_MAX ? code.trim() : undefined;
}

/** The agent that shows this pairing code at the moment. */
export async function findAgent(code: unknown): Promise<AgentDto | null> {
  const typed = codeOf(code);
  return typed === undefined ? null : findAgentByCode(typed);
}

/** Asks the agent that shows this code to offer its key to the account that is signed in; it answers through `readProof`. */
export async function askProof(code: unknown): Promise<{ job: string } | { sentence: string }> {
  const typed = codeOf(code);
  return typed === undefined ? { sentence: 'Type the pairing code that the agent prints.' } : requestProof(typed);
}

export async function readProof(job: unknown): Promise<PairingProof | null> {
  return typeof job === 'string' && job.length <= JOB_LENGTH_MAX ? getPairingProof(job) : null;
}
