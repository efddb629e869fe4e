// Counts the rows of a CSV file by the values of one column, largest group first. Input: the file, RFC 4180 in UTF-8, its first line the names. Argument: the
// name of the column. Output: CSV with the value and how many rows have it.
import { fail, readArguments, readInput, writeText } from "./wasi";

const QUOTE: u8 = 34;
const COMMA: u8 = 44;
const RETURN: u8 = 13;
const NEWLINE: u8 = 10;

class Reader {
  at: i32 = 0;

  constructor(private bytes: Uint8Array) {}

  get isAtEnd(): bool {
    return this.at >= this.bytes.length;
  }

  /** The next record's fields. */
  record(): string[] {
    const fields: string[] = [];
    while (true) {
      fields.push(this.field());
      if (this.isAtEnd) return fields;
      const byte = this.bytes[this.at++];
      if (byte == COMMA) continue;
      if (byte == RETURN && !this.isAtEnd && this.bytes[this.at] == NEWLINE) this.at++;
      return fields;
    }
  }

  private field(): string {
    if (!this.isAtEnd && this.bytes[this.at] == QUOTE) return this.quoted();
    const from = this.at;
    while (!this.isAtEnd) {
      const byte = this.bytes[this.at];
      if (byte == COMMA || byte == NEWLINE || byte == RETURN) break;
      this.at++;
    }
    return this.text(from, this.at);
  }

  private quoted(): string {
    let text = "";
    this.at++;
    while (true) {
      const from = this.at;
      while (!this.isAtEnd && this.bytes[this.at] != QUOTE) this.at++;
      if (this.isAtEnd) fail("a quoted field has no end");
      text += this.text(from, this.at);
      this.at++;
      if (this.isAtEnd || this.bytes[this.at] != QUOTE) return text;
      text += '"';
      this.at++;
    }
  }

  private text(from: i32, to: i32): string {
    return String.UTF8.decodeUnsafe(this.bytes.dataStart + from, to - from);
  }
}

function quoted(value: string): string {
  const isPlain = value.indexOf(",") < 0 && value.indexOf('"') < 0 && value.indexOf("\n") < 0 && value.indexOf("\r") < 0;
  return isPlain ? value : '"' + value.replaceAll('"', '""') + '"';
}

const given = readArguments();
if (given.length != 1) fail("the argument has to be the name of a column");
const reader = new Reader(readInput());
const names = reader.record();
const column = names.indexOf(given[0]);
if (column < 0) fail("there is no column " + given[0] + "; there are " + names.join(", "));
const counts = new Map<string, i32>();
while (!reader.isAtEnd) {
  const fields = reader.record();
  if (fields.length == 1 && fields[0] == "") continue;
  if (column >= fields.length) fail("a row has fewer fields than the first");
  const value = fields[column];
  counts.set(value, (counts.has(value) ? counts.get(value) : 0) + 1);
}
class Group {
  constructor(
    public value: string,
    public count: i32,
  ) {}
}
const groups: Group[] = [];
const values = counts.keys();
for (let index = 0; index < values.length; index++) groups.push(new Group(values[index], counts.get(values[index])));
groups.sort((left, right) => (left.count != right.count ? right.count - left.count : left.value < right.value ? -1 : 1));
let table = quoted(given[0]) + ",rows\n";
for (let index = 0; index < groups.length; index++) table += quoted(groups[index].value) + "," + groups[index].count.toString() + "\n";
writeText(table);
