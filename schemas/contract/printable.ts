/** Characters that a terminal acts upon instead of showing them, or that turn around the order in which others are shown. */
// eslint-disable-next-line no-control-regex
const ACTING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text of one line as it can be shown to people, whatever names somebody has given to tables, columns and topics. */
export function printable(text: string): string {
  return text.replace(ACTING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
