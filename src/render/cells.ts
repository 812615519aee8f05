import stringWidth from 'string-width';

/**
 * Texts measured in terminal cells (UAX #11: CJK two, combining marks none) and cut between graphemes (UAX #29), so that
 * an emoji sequence stays whole and a cut never shows half a character.
 */

/** Width in cells. */
export const cellWidth = (text: string): number => stringWidth(text);

/** The text with its middle replaced by `…` when it is wider than `width` cells; a little more is kept of its beginning. */
export function shortenMiddle(text: string, width: number): string {
  if (cellWidth(text) <= width) return text;
  const graphemes = splitGraphemes(text);
  const room = Math.max(0, width - 1);
  const head = takeCells(graphemes, Math.ceil(room * 0.6));
  const tail = takeCells(graphemes.toReversed(), room - cellWidth(head.join('')));
  return `${head.join('')}…${tail.toReversed().join('')}`;
}

/** Breaks a text into lines of at most `width` cells: at blanks where it can, else anywhere between graphemes. */
export function wrapCells(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (cellWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (line !== '' && cellWidth(line) > width) {
      // At least one grapheme a line, or a column narrower than it would never end.
      const graphemes = splitGraphemes(line);
      const taken = Math.max(1, takeCells(graphemes, width).length);
      lines.push(graphemes.slice(0, taken).join(''));
      line = graphemes.slice(taken).join('');
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

function takeCells(graphemes: readonly string[], width: number): readonly string[] {
  let used = 0;
  const end = graphemes.findIndex((grapheme) => (used += cellWidth(grapheme)) > width);
  return end === -1 ? graphemes : graphemes.slice(0, end);
}

function splitGraphemes(text: string): string[] {
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);
}
