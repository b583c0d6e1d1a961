export { ApplicationsHttpModule } from './http/applications-http.module.js';
export { VisaWindowModule } from './visa-window.module.js';
