'use client';

import { toHex } from '#ledger/core/bytes.ts';
import { Button } from '#components/ui/button.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import { ApiCall } from './api-call.tsx';
import { exportLockedKey } from './encryption-key.ts';
import { EncryptionKeySetup } from './encryption-key-setup.tsx';
import { saveFile } from '#components/ui/save-file.ts';
import { SigningNote } from './signing-note.tsx';
import { useEncryptionKey } from './use-encryption-key.ts';
import { useSignedAction } from './use-signed-action.ts';

export interface EncryptionKeyPanelProps {
  address: string;
  /** The account's encryption key on the ledger, hex. */
  registered: string;
}

/** Says whether this device can open what is sealed to the account, and makes it so. */
export function EncryptionKeyPanel({ address, registered }: EncryptionKeyPanelProps) {
  const { device, fault, refresh } = useEncryptionKey(address);
  const action = useSignedAction('SetEncryptionKey', address);
  if (fault) return <ProblemNote sentence={fault} />;
  if (!device) return <p className="text-muted">Looking into this browser’s storage…</p>;
  const key = 'key' in device ? device.key : undefined;
  const args = key ? { encryptionKey: key.publicKey } : undefined;

  async function download() {
    const json = await exportLockedKey(address);
    if (json) saveFile(json, `interpool-encryption-key-${address.slice(2, 8)}.json`, 'application/json');
  }

  if (key && toHex(key.publicKey) === registered) {
    return (
      <div className="flex flex-col gap-3">
        <Note kind="success">
          <Text>
            This device can open links that are sealed to your account.
            {device.state === 'derived'
              ? ' The key follows from your wallet key: the key file below restores both.'
              : ''}
          </Text>
        </Note>
        {device.state === 'open' ? (
          <div>
            <Button onPress={() => void download()}>Export the encryption key</Button>
          </div>
        ) : null}
      </div>
    );
  }
  return (
    <Panel className="flex flex-col gap-3">
      {key && args ? (
        <>
          <p>
            This device has another encryption key than the one on the ledger. New orders can be sealed to this one.
          </p>
          <SigningNote step={action.step} sentence={action.sentence} />
          <div>
            <Button isPending={action.isPending} onPress={() => void action.run(args)}>
              Sign and use this device’s key
            </Button>
          </div>
          <ApiCall method="SetEncryptionKey" args={args} />
        </>
      ) : (
        <EncryptionKeySetup address={address} device={device} onReady={refresh} />
      )}
    </Panel>
  );
}
