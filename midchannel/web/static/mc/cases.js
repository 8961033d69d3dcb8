/* Cases: what the list and the page of a case need beyond app.js. */
