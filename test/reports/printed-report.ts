/** One table of a report as it was printed. */
export interface PrintedSection {
  title: string;
  columns: string[];
  rows: string[][];
}

/** Reads printed reports back: title, header and the trimmed cells of every row. */
export function parsePrinted(text: string): PrintedSection[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (!/^-[-+]*-$/.test(line)) return [];
    const widths = line.split('+').map((dashes) => dashes.length);
    const end = lines.indexOf('', index);
    const titleEnd = index - 2;
    const titleStart = lines.lastIndexOf('', titleEnd - 1) + 1;
    return {
      title: lines.slice(titleStart, titleEnd).join(' ').replace(/:$/, ''),
      columns: cutCells(lines[index - 1]!, widths),
      rows: lines.slice(index + 1, end).map((row) => cutCells(row, widths)),
    };
  });
}

function cutCells(line: string, widths: number[]): string[] {
  const characters = [...line];
  let from = 0;
  return widths.map((width) => {
    const cell = characters.slice(from, from + width).join('');
    from += width + 1;
    return cell.trim();
  });
}
