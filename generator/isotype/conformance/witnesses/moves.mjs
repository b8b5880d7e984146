// Asks code about state machines: names of a function and two tables with every move in, [allowed, targets, starts, fault] out.
export const movedBy =
  (module) =>
  ([canMove, targets, starts, moves]) => {
    try {
      const allowed = moves.map(([from, to]) => module[canMove](from, to));
      return [allowed, { ...module[targets] }, module[starts] ?? [], ""];
    } catch (error) {
      return [[], {}, [], String(error)];
    }
  };
