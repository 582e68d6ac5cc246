/** Taxes by country, as a share of the price. */
const TAXES: Readonly<Record<string, number>> = { DE: 0.19, FR: 0.2, GB: 0.2 };

/** The price in cents with the taxes of a country (default DE), rounded to whole cents. */
export function priceWithTax(price: number, country = 'DE'): number {
  const tax = TAXES[country];
  if (tax === undefined) throw new RangeError(`No tax is known for ${country}`);
  return Math.round(price * (1 + tax));
}

/** The discount for an amount of pieces: 5 % from ten on, 10 % from fifty on. */
export function discountFor(pieces: number): number {
  if (pieces >= 50) return 0.1;
  return pieces >= 10 ? 0.05 : 0;
}
