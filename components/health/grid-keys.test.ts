import { describe, expect, it } from "vitest";
import { nextCell } from "./grid-keys";

const size = { rows: 20, columns: 5 };
const from = (key: string, row: number, column: number, ctrl = false) => {
  const next = nextCell(key, ctrl, { row, column }, size);
  return next && [next.row, next.column];
};

describe("the keys of a grid", () => {
  it("move by one cell, and stop at the edges", () => {
    expect(from("ArrowRight", 0, 0)).toEqual([0, 1]);
    expect(from("ArrowLeft", 0, 0)).toEqual([0, 0]);
    expect(from("ArrowDown", 3, 2)).toEqual([4, 2]);
    expect(from("ArrowUp", 0, 2)).toEqual([0, 2]);
    expect(from("ArrowRight", 0, 4)).toEqual([0, 4]);
  });

  it("move to the ends of the row, of the grid, and by ten rows", () => {
    expect(from("Home", 3, 3)).toEqual([3, 0]);
    expect(from("End", 3, 0)).toEqual([3, 4]);
    expect(from("Home", 3, 3, true)).toEqual([0, 0]);
    expect(from("End", 3, 0, true)).toEqual([19, 4]);
    expect(from("PageDown", 3, 1)).toEqual([13, 1]);
    expect(from("PageUp", 3, 1)).toEqual([0, 1]);
  });

  it("leave every other key to the page", () => {
    expect(from("Enter", 0, 0)).toBeNull();
    expect(from("k", 0, 0, true)).toBeNull();
  });
});
