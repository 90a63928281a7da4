/** Evidently's tests of numbers and categories by its own names: what the rules may ask for, known without the tests themselves. */
export const methodNames = [
  ...(['ks', 'anderson', 'cramer_von_mises', 'es', 't_test', 'mannw', 'empirical_mmd', 'wasserstein', 'ed'] as const),
  ...(['chisquare', 'z', 'fisher_exact', 'g_test', 'TVD'] as const),
  ...(['jensenshannon', 'psi', 'kl_div', 'hellinger'] as const),
]

export type MethodName = (typeof methodNames)[number]

/** Its tests of free text, which train a classifier to tell the sides apart. */
export const textMethods = ['perc_text_content_drift', 'abs_text_content_drift']
