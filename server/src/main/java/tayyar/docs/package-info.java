/**
 * What the server says of itself: the API's OpenAPI document, the page that shows it, and the guide
 * to streaming. Called by root; its pages are served by http.
 */
@org.jspecify.annotations.NullMarked
package tayyar.docs;
