export { type Comparison, comparePaired } from './compare.ts'
export { type ComparisonRules, comparisonRules, type Decision } from './comparison.ts'
export { judge } from './judge.ts'
export type { Delta } from './paired.ts'
export { type GateRules, gateRules, type MetricRule } from './rules.ts'
export {
  type CombinedComparison,
  type ComparisonRuleSet,
  comparisonLoosenings,
  stricterComparison,
} from './stricter-comparison.ts'
export { type CombinedRules, loosenings, type RuleSet, type RuleSources, stricter } from './strictness.ts'
