import '@cloudscape-design/global-styles/index.css';
import { createRoot } from 'react-dom/client';

const root = document.getElementById('root');
if (root) createRoot(root).render(<p>Trunkline</p>);
