import stringWidth from 'string-width';

const ELLIPSIS = '…';
/** Code units of the longest character that is likely: a family of four has eleven. */
const LONGEST_GRAPHEME = 16;
const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The text in at most `width` columns, cut at its end; the whole text when there is no width. */
export function cutText(text: string, width: number | undefined): string {
  if (width === undefined || fits(text, width)) return text;
  return takeColumns(text, Math.max(0, width - 1)) + ELLIPSIS;
}

/** The text in at most `width` columns, cut in its middle: of a path, both ends tell most. */
export function cutMiddle(text: string, width: number): string {
  if (fits(text, width)) return text;
  const head = Math.floor((width - 1) / 3);
  const tail = takeColumns(text, width - 1 - head, true);
  return takeColumns(text, head) + ELLIPSIS + tail;
}

/** Words in lines of at most `width` columns, each line after `indent`. */
export function wrapText(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(last) + 1 + stringWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => indent + line).join('\n');
}

/** Text that shows control characters instead of sending them to the terminal. */
export function showControls(text: string): string {
  return text.replace(
    /[\x00-\x1f\x7f-\x9f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function fits(text: string, width: number): boolean {
  return text.length * 2 <= width || stringWidth(text) <= width;
}

function takeColumns(text: string, width: number, fromEnd = false): string {
  const all = [
    ...segments.segment(
      fromEnd ? text.slice(-width * LONGEST_GRAPHEME) : text.slice(0, width * LONGEST_GRAPHEME),
    ),
  ];
  const parts = all.map(({ segment }) => segment);
  if (fromEnd) parts.reverse();
  const taken: string[] = [];
  let left = width;
  for (const part of parts) {
    left -= stringWidth(part);
    if (left < 0) break;
    taken.push(part);
  }
  return (fromEnd ? taken.reverse() : taken).join('');
}
