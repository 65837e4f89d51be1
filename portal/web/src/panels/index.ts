export { Details } from './Details'
export { Header } from './header/Header'
export { Sidebar } from './sidebar/Sidebar'
