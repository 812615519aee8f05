/**
 * One record of a transcript or a runtime trajectory (docs/formats.md): a line of a JSON Lines file, or a row of a
 * database that holds the same text.
 */
export interface SourceLine {
  /** Its place in the source, from 1; blank lines are counted but never given. */
  readonly number: number;
  /** The JSON text as stored, trimmed and not empty. Nothing has been parsed: it may be torn. */
  readonly text: string;
}

/**
 * A transcript or a runtime trajectory to read. Sources may be as large as the export limit allows, so nobody holds all
 * their text: a reader goes through the lines once, keeps what it has to know, and asks again for the few it needs.
 *
 * A source is a snapshot: lines added after it was opened are not seen.
 */
export interface LineSource {
  /** Size of the stored text in bytes, line ends included; what the size limits of the export count. */
  readonly bytes: number;
  /** All lines in order, from the first, each time it is called. Blank lines are left out. */
  lines(): AsyncIterable<SourceLine>;
  /**
   * The text of a line that `lines()` gave before, trimmed. Cheap when lines are asked for in ascending order.
   *
   * @throws Error when the line is not there any more
   */
  line(number: number): Promise<string>;
}
