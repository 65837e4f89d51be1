import './styles/tokens.css'
import './styles/base.css'
import './styles/map.css'
import './styles/time.css'
import './styles/panels.css'
import { render } from 'preact'
import { App } from './App'
import { Gate, startGate } from './account'

// A page that the back button brings out of the browser's memory may be of somebody who has signed out.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})

startGate()
render(
  <Gate>
    <App />
  </Gate>,
  document.getElementById('app') as HTMLElement,
)
