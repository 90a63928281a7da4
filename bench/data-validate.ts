// The action from its sources, bundled and run by bench/judging.ts.
import { main } from '../actions/data-validate/main.ts'

await main.start()
