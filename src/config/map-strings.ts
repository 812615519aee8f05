/**
 * A copy of a JSON value in which every string is replaced. `change` gets the string and the name of the key it stands
 * under; the elements of an array stand under the key of the array. Keys themselves, their order and everything else
 * stay.
 */
export function mapStrings(value: unknown, change: (text: string, key: string) => string, key = ''): unknown {
  if (typeof value === 'string') return change(value, key);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change, key));
  if (typeof value !== 'object' || value === null) return value;
  // fromEntries defines properties, so that a key named __proto__ stays data.
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapStrings(item, change, name)]));
}
