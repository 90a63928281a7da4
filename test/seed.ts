// Property tests draw the same cases in every run, so that a change is what makes a test fail. Other cases:
// `FAST_CHECK_SEED=7 npm test`.
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20260101) })
