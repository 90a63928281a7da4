import { benjaminiHochberg, benjaminiYekutieli, bonferroni, holm } from '@mlops-actions/statistics'

/** How p-values are adjusted for the number of tests, by the name that the rules give, and how texts call it. */
export const corrections = {
  holm: { adjust: holm, called: 'Holm' },
  bonferroni: { adjust: bonferroni, called: 'Bonferroni' },
  'benjamini-hochberg': { adjust: benjaminiHochberg, called: 'Benjamini-Hochberg' },
  'benjamini-yekutieli': { adjust: benjaminiYekutieli, called: 'Benjamini-Yekutieli' },
} as const

export type Correction = keyof typeof corrections

export const correctionNames = Object.keys(corrections) as [Correction, ...Correction[]]
