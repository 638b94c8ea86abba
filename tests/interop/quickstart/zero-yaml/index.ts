import './salesforce/actions/contact-fields.js';
import './salesforce/syncs/contacts-full.js';
