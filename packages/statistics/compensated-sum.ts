/**
 * The sum of finite values by A. Neumaier's compensated summation (ZAMM 54, 1974): exact to the last digit or nearly. The
 * partial sums of a sorted sample run far from their end, and a plain sum keeps their rounding.
 */
export function compensatedSum(values: Float64Array): number {
  let sum = 0
  let lost = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return sum + lost
}
