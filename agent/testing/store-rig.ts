import { S3Client } from '@aws-sdk/client-s3';
import { storageKind } from '#agent/resources/storage/storage-kind.ts';
import { accessKeyOf, STORE_REGION, storeTerms, storeWaysTerms } from '#ledger/contracts/kinds/storage.ts';
import type { Amounts, Quantity } from '#agent/resources/kind.ts';
import { KindRig, tokenOf } from './kind-rig.ts';

export interface StoreRigOptions {
  /** Where everything stands; its `shelf` is the store. */
  readonly folder: string;
  readonly roomBytes: number;
  readonly windowMs: number;
  readonly amounts: Amounts;
  readonly promise: readonly Quantity[];
  log(sentence: string): void;
}

/** A store behind the real gateway. */
export class StoreRig extends KindRig {
  constructor({ roomBytes, amounts, promise, ...rest }: StoreRigOptions) {
    super({
      ...rest,
      kind: 'storage',
      module: storageKind,
      section: { stores: [{ id: 'shelf', title: 'Shelf', folder: 'shelf', bytes: roomBytes }] },
      sourceId: 'shelf',
      attributes: storeTerms({ bytes: BigInt(roomBytes), region: STORE_REGION }),
      terms: { ways: storeWaysTerms(60_000n), amounts, promise },
    });
  }

  storedBytes(agreement: number): unknown {
    return this.open.describe(this.termsOf(agreement))['storedBytes'];
  }
}

/** What opens an order's bucket. */
export function credentialsOf(agreement: number): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  return { accessKeyId: accessKeyOf({ agreement, issue: 1 }), secretAccessKey: tokenOf(agreement) };
}

/** Amazon's client for an order's bucket; every call is made once. */
export function storeClient(
  endpoint: string,
  agreement: number,
  secretAccessKey = credentialsOf(agreement).secretAccessKey,
): S3Client {
  const credentials = { ...credentialsOf(agreement), secretAccessKey };
  return new S3Client({ endpoint, region: STORE_REGION, forcePathStyle: true, credentials, maxAttempts: 1 });
}
