/** Levels of a JSON value that are looked through. The parser knows no limit, but whoever walks or writes it has a stack. */
export const maxDepth = 500;

/** What stands for everything below. */
export const tooDeep = '<nested too deep>';
