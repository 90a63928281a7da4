import { run } from './index.js'
await run('train-track')
