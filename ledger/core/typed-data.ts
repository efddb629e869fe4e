/** EIP-712 field list of one struct type; the same shape that wallets and viem take. */
export type TypedDataFields = readonly { readonly name: string; readonly type: string }[];
export type TypedDataTypes = Readonly<Record<string, TypedDataFields>>;
