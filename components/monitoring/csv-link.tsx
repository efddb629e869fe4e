import { buttonVariants } from '@heroui/styles';

/** The whole table as a file for spreadsheets. */
export function CsvLink({ href }: { href: string }) {
  return (
    <a href={href} download className={buttonVariants({ variant: 'tertiary', size: 'md' })}>
      Export as CSV
    </a>
  );
}
