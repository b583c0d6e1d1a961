/** What somebody probably meant; undefined when nothing is near. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const begun = known.find((name) => given.length > 1 && name.startsWith(given));
  if (begun !== undefined) return begun;
  const [best] = known
    .map((name) => ({ name, distance: distanceOf(given, name) }))
    .toSorted((left, right) => left.distance - right.distance);
  return best && best.distance <= Math.max(2, Math.floor(best.name.length / 3)) ? best.name : undefined;
}

/** How many letters are to be added, taken away or changed. */
function distanceOf(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const line = [row + 1];
    for (let column = 0; column < to.length; column += 1)
      line.push(
        Math.min(
          (above[column + 1] ?? 0) + 1,
          (line[column] ?? 0) + 1,
          (above[column] ?? 0) + (letter === to[column] ? 0 : 1),
        ),
      );
    above = line;
  }
  return above.at(-1) ?? 0;
}
