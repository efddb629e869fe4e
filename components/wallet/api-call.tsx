import { toHex } from '#ledger/core/bytes.ts';
import type { ArgValue } from '#ledger/core/typed-data.ts';
import { Code, Disclosure } from '#components/ui/disclosure.tsx';
import { methodOf, type MethodArgs, type MethodName } from '#ledger/contracts/definitions.ts';

function asJson(value: ArgValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return `0x${toHex(value)}`;
  if (Array.isArray(value)) return (value as readonly ArgValue[]).map(asJson);
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, asJson(field)]));
  return value;
}

export interface ApiCallProps<Name extends MethodName> {
  method: Name;
  /** Undefined while the form is not complete. */
  args: MethodArgs[Name] | undefined;
}

/** What a program would do instead of this screen: the typed data to sign, and where to send it. */
export function ApiCall<Name extends MethodName>({ method, args }: ApiCallProps<Name>) {
  const example = args
    ? asJson(args as unknown as ArgValue)
    : Object.fromEntries(Object.entries(methodOf(method).definition.fields));
  const text = [
    '# 1. the next nonce of the account and key',
    'curl /api/v1/accounts/{account}/nonce?key=0',
    '',
    `# 2. sign this as EIP-712 typed data, primary type ${method}, domain {name: 'Interpool', version: '1', salt: genesis hash},`,
    '#    with account, key, nonce and validUntilMs in front of',
    JSON.stringify(example, null, 2),
    '',
    '# 3. send the signed transaction (CBOR, as hex) and wait for the decision',
    'curl -X POST "/api/v1/transactions?wait=10000" \\',
    "  -H 'content-type: application/json' \\",
    `  -d '{"transaction": "<signed ${method}, hex>"}'`,
  ].join('\n');
  return (
    <Disclosure summary="The API call it would be">
      <Code label={`The API call for ${method}`} text={text} />
    </Disclosure>
  );
}
