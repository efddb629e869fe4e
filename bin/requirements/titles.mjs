const ID = String.raw`(?:\d+\.\d+\.\d+-[a-z]|I\.\d+-\d+[a-z]?)`;
const BRACKETS = new RegExp(String.raw`\[(${ID}(?:[,\s]+${ID})*)\]`, 'g');

/** Requirement ids that stand in square brackets in a text: `… [8.5.1-d]`, `… [I.2-1, I.2-2]`. */
export function requirementIds(text) {
  return [...new Set([...text.matchAll(BRACKETS)].flatMap(([, ids]) => ids.split(/[,\s]+/)))];
}
