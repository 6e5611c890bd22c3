/** The one place where option and state names change between ours and PyTorch's: `weightDecay` and `weight_decay`. */

/** `expAvgSq` -> `exp_avg_sq`. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** `exp_avg_sq` -> `expAvgSq`. */
export const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
