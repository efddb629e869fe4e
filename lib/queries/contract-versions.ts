import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { isLedgerAway, plain, queryLedger } from '#lib/ledger-client.ts';
import type { ContractVersionDto, ContractVersionsDto } from '#lib/shared/contract-version-dto.ts';

/** What the machine answers, with bytes in hexadecimal and integers in decimal digits. */
interface StoredContract {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly since: { readonly height: string; readonly atMs: string; readonly proposal: string } | null;
  readonly scheduled: {
    readonly version: string;
    readonly digest: string;
    readonly proposal: string;
    readonly activatesAtMs: string;
    readonly isHeld: boolean;
  } | null;
  readonly held: readonly { readonly version: string; readonly digest: string; readonly revision: string }[];
}

function dtoOf({ name, version, digest, since, scheduled, held }: StoredContract): ContractVersionDto {
  return {
    name,
    version: Number(version),
    digest,
    since: since && { height: Number(since.height), timeMs: Number(since.atMs), proposal: Number(since.proposal) },
    scheduled: scheduled && {
      version: Number(scheduled.version),
      digest: scheduled.digest,
      proposal: Number(scheduled.proposal),
      activatesAtMs: Number(scheduled.activatesAtMs),
      isHeld: scheduled.isHeld,
    },
    held: held.map((one) => ({ version: Number(one.version), digest: one.digest, revision: one.revision })),
  };
}

/** Every contract's version in force, what is scheduled, and what this portal's ledger process can execute. */
export async function getContractVersions(): Promise<ContractVersionsDto | null> {
  if (!(await authorize('network.read')).ok) return null;
  try {
    const answer = await queryLedger('contracts', {});
    return { contracts: answer.ok ? (plain(answer.value) as StoredContract[]).map(dtoOf) : null };
  } catch (error) {
    if (!isLedgerAway(error)) throw error;
    return { contracts: null };
  }
}
