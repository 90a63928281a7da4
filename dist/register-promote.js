import { run } from './index.js'
await run('register-promote')
