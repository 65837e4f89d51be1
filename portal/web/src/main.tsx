import './styles/tokens.css'
import './styles/base.css'
import './styles/map.css'
import './styles/time.css'
import './styles/panels.css'
import { render } from 'preact'
import { App } from './App'
import { Gate } from './account'

render(
  <Gate>
    <App />
  </Gate>,
  document.getElementById('app') as HTMLElement,
)
