export { AccountMenu } from './AccountMenu'
export { Gate, startGate } from './Gate'
