/** "498.0000" as "498", "1234.50" as "1234.5": amounts come back from the database with all their decimal places. */
export function plainDecimal(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
