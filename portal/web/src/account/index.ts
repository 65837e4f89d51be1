export { AccountMenu } from './AccountMenu'
export { Gate } from './Gate'
