/** sin(pi x), exact in the reduction: 0 at every integer. */
export function sinPi(x: number): number {
  const r = x % 2
  const a = Math.abs(r)
  const s =
    a < 0.25
      ? Math.sin(Math.PI * a)
      : a < 0.75
        ? Math.cos(Math.PI * (0.5 - a))
        : a < 1.25
          ? Math.sin(Math.PI * (1 - a))
          : a < 1.75
            ? -Math.cos(Math.PI * (1.5 - a))
            : Math.sin(Math.PI * (a - 2))
  return r < 0 ? -s : s
}
