export interface GridCell {
  row: number;
  column: number;
}

const PAGE_ROWS = 10;

/**
 * Where a key leads from a cell of a grid (WAI-ARIA, grid pattern); null where it does not move. Pure, so that it can be
 * tested.
 */
export function nextCell(
  key: string,
  ctrl: boolean,
  { row, column }: GridCell,
  size: { rows: number; columns: number },
): GridCell | null {
  const last = { row: size.rows - 1, column: size.columns - 1 };
  const within = (cell: GridCell) => ({
    row: Math.min(Math.max(cell.row, 0), last.row),
    column: Math.min(Math.max(cell.column, 0), last.column),
  });
  if (ctrl) {
    if (key === "Home") return { row: 0, column: 0 };
    return key === "End" ? last : null;
  }
  switch (key) {
    case "ArrowUp":
      return within({ row: row - 1, column });
    case "ArrowDown":
      return within({ row: row + 1, column });
    case "ArrowLeft":
      return within({ row, column: column - 1 });
    case "ArrowRight":
      return within({ row, column: column + 1 });
    case "Home":
      return { row, column: 0 };
    case "End":
      return { row, column: last.column };
    case "PageUp":
      return within({ row: row - PAGE_ROWS, column });
    case "PageDown":
      return within({ row: row + PAGE_ROWS, column });
    default:
      return null;
  }
}
