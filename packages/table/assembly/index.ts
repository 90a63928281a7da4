// The hot path of everything that reads data: bytes into cells, and the cells of a column into values. AssemblyScript, which
// is made into ../scanner-wasm.ts by `npm run assembly`; ../scanner.ts and ../dictionary.ts are its only users.
//
// The loops over a column take what is written in the plainest way and leave every other row to their caller, in `rest`.

export { blanks } from './blanks'
export { booleans } from './booleans'
export { cut } from './cut'
export { codeOf, sow, spread, texts } from './dictionary'
export { numbers } from './numbers'
export { freeFrom, place, report } from './place'
export { timestamps } from './timestamps'
